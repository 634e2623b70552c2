// The targets for this library's cost beside others in the same run: a share of theirs, or a largest difference.

/**
 * @param {string} load
 * @param {Readonly<Record<string, number>>} shares
 * @returns {readonly Target[]}
 */
function atMost(load, shares) {
  return Object.entries(shares).map(([against, bound]) => ({ load, against, kind: 'ratio', bound }))
}

/**
 * @typedef {{ readonly load: string, readonly against: string, readonly kind: 'ratio' | 'difference', readonly bound: number }} Target
 */

/**
 * The loads in which the drop-in for `ws` must keep `leastKept` of what the library gains over `ws`. Where the library gains little, as with one
 * message in flight, a share of the gain would be a share of the noise.
 */
export const keptGains = ['64 × 16 × 20 B', '32 × 16 × 1 KiB', 'TLS, 64 × 16 × 20 B', 'broadcast of 600 B']

/** The smallest share of the gain. */
export const leastKept = 0.8

/** @type {readonly Target[]} */
export const targets = [
  ...atMost('64 × 16 × 20 B', { 'ws + bufferutil': 0.1, 'uWebSockets.js': 0.9, net: 1.3 }),
  ...atMost('64 × 1 × 125 B', { 'ws + bufferutil': 0.7, 'uWebSockets.js': 1.2, net: 0.8 }),
  ...atMost('32 × 16 × 1 KiB', { 'ws + bufferutil': 0.15, 'uWebSockets.js': 1, net: 1.2 }),
  ...atMost('16 × 4 × 16 KiB', { 'ws + bufferutil': 0.75, 'uWebSockets.js': 1.2, net: 1 }),
  ...atMost('8 × 2 × 256 KiB', { 'ws + bufferutil': 0.75, 'uWebSockets.js': 1.4, net: 1 }),
  ...atMost('deflate, 400 B JSON, takeover', { 'ws + bufferutil': 0.25, 'uWebSockets.js': 1 }),
  ...atMost('TLS, 64 × 1 × 125 B', { 'ws + bufferutil': 0.8 }),
  ...atMost('broadcast of 600 B', { 'ws + bufferutil': 0.35 }),
  ...atMost('broadcast of 600 B, deflate', { 'ws + bufferutil': 0.12 }),
  ...atMost('idle connection', { 'ws + bufferutil': 0.85 }),
  { load: 'idle connection', against: 'net', kind: 'difference', bound: 1 },
  ...atMost('after one compressed message, takeover', { 'ws + bufferutil': 0.4 }),
  ...atMost('after one compressed message, no takeover', { 'ws + bufferutil': 0.05 }),
  ...atMost('p99 at 80 % of the best rate of ws', { 'ws + bufferutil': 0.7 }),
]
