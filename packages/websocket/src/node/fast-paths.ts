/**
 * Whether paths are taken that lean on what Node does not document, or that are there for speed alone. Each has a plain one beside it.
 *
 * The environment variable `AUTOBAHN_TS_FAST_PATHS=off` turns them all off: to see whether one of them is to blame for something.
 */
export const fastPathsAreOn: boolean = process.env.AUTOBAHN_TS_FAST_PATHS !== 'off'
