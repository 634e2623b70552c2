/**
 * The functions that schedule the movement of octets, as they were when the package was loaded.
 *
 * Test frameworks replace the globals, and forget pending calls when they restore them: sending and decompressing would stop for good.
 * Deadlines are different; `node-clock` uses the current globals for them.
 */
const { setImmediate: immediately, clearImmediate: cancel, setTimeout: later, clearTimeout: cancelLater, performance: time } = globalThis

export const realSetImmediate: typeof setImmediate = immediately
export const realClearImmediate: typeof clearImmediate = cancel
export const realSetTimeout: typeof setTimeout = later
export const realClearTimeout: typeof clearTimeout = cancelLater
export const realNextTick: typeof process.nextTick = process.nextTick.bind(process)

/** Returns the number of milliseconds since the process began, by a clock that test frameworks do not replace. */
export const realNow: () => number = time.now.bind(time)
