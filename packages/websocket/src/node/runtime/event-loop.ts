/**
 * The functions that move octets, as they were when the package was loaded.
 *
 * Test frameworks replace the globals, and forget what waits in theirs when they put the real ones back: sending and decompressing would
 * stand still for good. Deadlines are another matter; `node-clock` uses the globals of the moment for them.
 */
const { setImmediate: immediately, clearImmediate: cancel, setTimeout: later, clearTimeout: cancelLater, performance: time } = globalThis

export const realSetImmediate: typeof setImmediate = immediately
export const realClearImmediate: typeof clearImmediate = cancel
export const realSetTimeout: typeof setTimeout = later
export const realClearTimeout: typeof clearTimeout = cancelLater
export const realNextTick: typeof process.nextTick = process.nextTick.bind(process)

/** Milliseconds since the process began, by a clock that nobody replaces. */
export const realNow: () => number = time.now.bind(time)
