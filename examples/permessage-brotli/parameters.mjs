// @ts-check
// Reads and writes the parameters in the header.

/**
 * The parameters of one direction of a connection.
 *
 * @typedef {object} Direction
 * @property {number} lgwin 10 to 24, the size of the window as a power of two.
 * @property {boolean} noContextTakeover Whether each message is compressed by itself.
 */

/** The largest window of brotli, RFC 7932 §9.1, which a missing parameter stands for. */
export const largestLgwin = 24

/**
 * Reads parameters. Throws an `Error` that names a parameter that is unknown or has a wrong value.
 *
 * @param {import('@autobahn-ts/websocket').ExtensionParameters} parameters
 * @returns {{ server: Direction, client: Direction }}
 */
export function parseParameters(parameters) {
  for (const name of parameters.keys()) if (!names.has(name)) throw new Error(`permessage-brotli has no parameter ${JSON.stringify(name)}`)
  return { server: direction(parameters, 'server'), client: direction(parameters, 'client') }
}

/**
 * @param {{ server: Direction, client: Direction }} directions
 * @returns {import('@autobahn-ts/websocket').ExtensionParameters}
 */
export function formatParameters(directions) {
  /** @type {Map<string, string | true>} */
  const parameters = new Map()
  for (const side of sides) {
    if (directions[side].noContextTakeover) parameters.set(`${side}_no_context_takeover`, true)
    parameters.set(`${side}_lgwin`, String(directions[side].lgwin))
  }
  return parameters
}

/**
 * @param {import('@autobahn-ts/websocket').ExtensionParameters} parameters
 * @param {'server' | 'client'} side
 * @returns {Direction}
 */
function direction(parameters, side) {
  const flag = parameters.get(`${side}_no_context_takeover`)
  if (typeof flag === 'string') throw new Error(`${side}_no_context_takeover has no value, and not ${JSON.stringify(flag)}`)
  const lgwin = parameters.get(`${side}_lgwin`) ?? String(largestLgwin)
  if (lgwin === true || !/^(1\d|2[0-4])$/.test(lgwin)) throw new Error(`${side}_lgwin is a number from 10 to 24, and not ${lgwin}`)
  return { lgwin: Number(lgwin), noContextTakeover: flag === true }
}

const sides = /** @type {const} */ (['server', 'client'])
const names = new Set(sides.flatMap(side => [`${side}_no_context_takeover`, `${side}_lgwin`]))
