/** What this library is to cost, as a share of what others cost in the same run. */
export const targets = {
  '64 × 16 × 20 B': { 'ws + bufferutil': 0.1, 'uWebSockets.js': 0.9, net: 1.3 },
  '64 × 1 × 125 B': { 'ws + bufferutil': 0.7, 'uWebSockets.js': 1.2, net: 0.8 },
  '32 × 16 × 1 KiB': { 'ws + bufferutil': 0.15, 'uWebSockets.js': 1, net: 1.2 },
  '16 × 4 × 16 KiB': { 'ws + bufferutil': 0.75, 'uWebSockets.js': 1.2, net: 1 },
  '8 × 2 × 256 KiB': { 'ws + bufferutil': 0.75, 'uWebSockets.js': 1.4, net: 1 },
  'deflate, 400 B JSON, takeover': { 'ws + bufferutil': 0.25, 'uWebSockets.js': 1 },
  'TLS, 64 × 1 × 125 B': { 'ws + bufferutil': 0.8 },
  'broadcast of 600 B': { 'ws + bufferutil': 0.35 },
  'broadcast of 600 B, deflate': { 'ws + bufferutil': 0.12 },
  'idle connection': { 'ws + bufferutil': 0.85 },
  'after one compressed message, takeover': { 'ws + bufferutil': 0.4 },
  'after one compressed message, no takeover': { 'ws + bufferutil': 0.05 },
  'p99 at 80 % of the best rate of ws': { 'ws + bufferutil': 0.7 },
}
