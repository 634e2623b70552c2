// Keys of the members that the classes of this folder use of each other and that applications do not see.

/** Property of a server's factory with its broker. */
export const broker: unique symbol = Symbol('broker')

/** Method of a server's protocol. Returns a function that sets everything that is registered back to what it is now. */
export const keepRegistrations: unique symbol = Symbol('keepRegistrations')

/** Method of a server's protocol. Replaces what is registered for the URI of a grant. */
export const setRights: unique symbol = Symbol('setRights')
