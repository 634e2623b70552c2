// @ts-check
// The extension: its offer, answer and confirmation in the opening handshake.
import { ApiMisuse } from '@autobahn-ts/websocket'
import { BrotliInstance } from './instance.mjs'
import { formatParameters, largestLgwin, parseParameters } from './parameters.mjs'

/**
 * The options of this side, and its requests to the other side; all have defaults.
 *
 * @typedef {object} BrotliOptions
 * @property {number} [quality] Diligence of the compressor, 2 to 11: with 0 and 1 brotli makes a window of its own choice. Default: 5.
 * @property {number} [lgwin] Window of what this side compresses, as a power of two: 10 to 24. Default: 16.
 * @property {number} [requestMaxLgwin] Largest window that the other side may use: what it costs here. Default: 16.
 * @property {boolean} [noContextTakeover] Compresses each message by itself. Default: false.
 * @property {boolean} [requestNoContextTakeover] The other side has to. Default: false.
 * @property {number} [threshold] Octets below which whole messages stay as they are. Default: 64.
 */

/**
 * Compression of messages with brotli, RFC 7932, for the option `extensions` of servers and clients.
 *
 * @param {BrotliOptions} [options]
 * @returns {import('@autobahn-ts/websocket').Extension}
 */
export function permessageBrotli(options = {}) {
  const { quality = 5, lgwin = 16, requestMaxLgwin = 16, threshold = 64 } = options
  const { noContextTakeover = false, requestNoContextTakeover = false } = options
  check('quality', quality, 2, 11)
  check('lgwin', lgwin, 10, largestLgwin)
  check('requestMaxLgwin', requestMaxLgwin, 10, largestLgwin)
  check('threshold', threshold, 0, Number.MAX_SAFE_INTEGER)
  const settings = { quality, threshold }

  return {
    name: 'permessage-brotli',

    /** Client: one offer, with its own parameters and those that it asks of the server. */
    offer: () => [
      formatParameters({
        server: { lgwin: requestMaxLgwin, noContextTakeover: requestNoContextTakeover },
        client: { lgwin, noContextTakeover },
      }),
    ],

    /**
     * Server: accepts the first offer that can be read; each side may be limited further than it offered. Unreadable offers are skipped.
     */
    accept: offers => {
      for (const parameters of offers) {
        const offer = readOffer(parameters)
        if (offer === undefined) continue
        const own = least(offer.server, { lgwin, noContextTakeover })
        const peer = least(offer.client, { lgwin: requestMaxLgwin, noContextTakeover: requestNoContextTakeover })
        return { parameters: formatParameters({ server: own, client: peer }), instance: new BrotliInstance({ own, peer, ...settings }) }
      }
      return undefined
    },

    /** Client: reads the server's answer. An answer that asks for more than was offered fails the handshake, by an exception. */
    confirm: response => {
      const { server, client } = parseParameters(response)
      if (server.lgwin > requestMaxLgwin)
        throw new Error(`server_lgwin is at most ${requestMaxLgwin}, as asked for, and not ${server.lgwin}`)
      if (requestNoContextTakeover && !server.noContextTakeover) throw new Error('server_no_context_takeover was asked for')
      if (noContextTakeover && !client.noContextTakeover) throw new Error('client_no_context_takeover was offered')
      return new BrotliInstance({ own: least(client, { lgwin, noContextTakeover }), peer: server, ...settings })
    },
  }
}

/**
 * Returns the smaller window, and no context if either side wants none.
 *
 * @param {import('./parameters.mjs').Direction} one
 * @param {import('./parameters.mjs').Direction} other
 */
function least(one, other) {
  return { lgwin: Math.min(one.lgwin, other.lgwin), noContextTakeover: one.noContextTakeover || other.noContextTakeover }
}

/** @param {import('@autobahn-ts/websocket').ExtensionParameters} parameters */
function readOffer(parameters) {
  try {
    return parseParameters(parameters)
  } catch {
    return undefined
  }
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} smallest
 * @param {number} largest
 */
function check(name, value, smallest, largest) {
  if (!Number.isSafeInteger(value) || value < smallest || value > largest)
    throw new ApiMisuse(`${name} must be a whole number from ${smallest} to ${largest}, and not ${value}`)
}
