import { broadcast } from './scenarios/broadcast.mjs'
import { clientEcho, echo } from './scenarios/echo.mjs'
import { handshakes } from './scenarios/handshakes.mjs'
import { compressedMemory, idle, idleAfterMessage } from './scenarios/memory.mjs'
import { openLoop } from './scenarios/open-loop.mjs'
import { upload } from './scenarios/upload.mjs'

const KiB = 1024
const tiny = { connections: 64, inFlight: 16, size: 20 }
const single = { connections: 64, inFlight: 1, size: 125 }
const large = { connections: 16, inFlight: 4, size: 16 * KiB }
const compressed = { connections: 32, inFlight: 8, size: 400 }
const extra = { isExtra: true }
const onOtherNodes = { isExtra: true, isOnOtherNodes: true }

/**
 * The scenarios. Each gives, for each peer, one figure of several rounds; lower is better. `isExtra`: only with `--all`, or if chosen by name.
 * Names of loads are connections × messages in flight on each × octets.
 */
export const scenarios = [
  echo('64 × 16 × 20 B', tiny),
  echo('64 × 1 × 125 B', single),
  echo('32 × 16 × 1 KiB', { connections: 32, inFlight: 16, size: KiB }),
  echo('16 × 4 × 16 KiB', large),
  echo('8 × 2 × 256 KiB', { connections: 8, inFlight: 2, size: 256 * KiB }),
  echo('text, 64 × 1 × 125 B', { ...single, isText: true }),
  echo('text, 16 × 4 × 16 KiB', { ...large, isText: true }),
  echo('deflate, 400 B JSON, takeover', { ...compressed, deflate: 'takeover' }),
  echo('TLS, 64 × 1 × 125 B', { ...single, isSecure: true }),
  echo('TLS, 64 × 16 × 20 B', { ...tiny, isSecure: true }),
  broadcast('broadcast of 600 B', false),
  broadcast('broadcast of 600 B, deflate', 'takeover'),
  idle('idle connection'),
  idleAfterMessage('idle connection, after one message'),
  compressedMemory('after one compressed message, takeover', 'takeover'),
  compressedMemory('after one compressed message, no takeover', 'none'),
  openLoop('p99 at 80 % of the best rate of ws', 0.8),

  openLoop('p99 at 50 % of the best rate of ws', 0.5, extra),
  echo('8 × 1 × 4 MiB', { connections: 8, inFlight: 1, size: 4 * KiB * KiB }, extra),
  echo('text, 32 × 16 × 1 KiB', { connections: 32, inFlight: 16, size: KiB, isText: true }, extra),
  echo('deflate, 400 B JSON, no takeover', { ...compressed, deflate: 'none' }, extra),
  echo('TLS, 16 × 4 × 16 KiB', { ...large, isSecure: true }, extra),
  clientEcho('client, 64 × 16 × 20 B', tiny, extra),
  clientEcho('client, 64 × 1 × 125 B', single, extra),
  clientEcho('client, 16 × 4 × 16 KiB', large, extra),
  handshakes('handshakes', extra),
  upload('streaming, 64 MiB', extra),
  echo('Node versions, 64 × 16 × 20 B', tiny, onOtherNodes),
  echo('Node versions, 64 × 1 × 125 B', single, onOtherNodes),
  echo('Node versions, 16 × 4 × 16 KiB', large, onOtherNodes),
]
