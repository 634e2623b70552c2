/** How this library calls itself in WELCOME; a test compares it with the package. */
export const ident = 'Autobahn-TS/0.1.0'
