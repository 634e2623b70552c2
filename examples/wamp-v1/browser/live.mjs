// @ts-check
// The common module of the page and of the program in a terminal. It runs in browsers and in Node.
import { connectWamp } from '@autobahn-ts/wamp/v1'

/** @typedef {{ operation: string, operands: number[], result: number }} Calculation */
/** @typedef {{ visitors: number, recent: Calculation[] }} State */

/**
 * @typedef {object} Listener
 * @property {(state: State) => void} joined a session is open: the first, or another after a loss
 * @property {(calculation: Calculation) => void} calculated somebody else has calculated something
 * @property {(visitors: number) => void} visitors so many sessions are open
 * @property {(retryIn: number | undefined) => void} lost milliseconds until the next try
 */

/**
 * Connects, and reconnects after a loss, with subscriptions and prefixes restored.
 *
 * @param {string} url
 * @param {Listener} listener
 */
export async function join(url, listener) {
  const client = await connectWamp(url, {
    reconnect: { initialDelay: 0.5, maxDelay: 10, maxRetries: Number.POSITIVE_INFINITY },
    onSession: async session => listener.joined(await session.call(`${liveUri}state`)),
    onLost: ({ retryIn }) => listener.lost(retryIn),
  })
  client.prefix('calculator', 'http://example.com/calculator#')
  client.prefix('live', liveUri)
  client.subscribe('live:calculated', (_, /** @type {Calculation} */ calculation) => listener.calculated(calculation))
  client.subscribe('live:visitors', (_, /** @type {number} */ visitors) => listener.visitors(visitors))
  return client
}

/** @param {Calculation} calculation */
export function expressionOf({ operation, operands }) {
  const [a = 0, b = 0] = operands.map(shown)
  return operation === 'root' ? `√${a}` : `${a} ${signs[operation] ?? operation} ${b}`
}

/** Formats a number with twelve digits, which doubles represent exactly. @param {number} value */
export function shown(value) {
  return String(Number(value.toPrecision(12))).replace('-', '−')
}

/** @type {Record<string, string | undefined>} */
export const signs = { add: '+', subtract: '−', multiply: '×', divide: '÷' }
const liveUri = 'http://example.com/live#'
