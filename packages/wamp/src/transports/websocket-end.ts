import type { CloseInfo } from '@autobahn-ts/websocket/portable'
import type { TransportEnd } from './message-transport.ts'

/** Tells of the end of a WebSocket connection in the words of transports. */
export function webSocketEnd({ by, code, reason, wasClean }: Pick<CloseInfo, 'by' | 'code' | 'reason' | 'wasClean'>): TransportEnd {
  const why = reason === '' ? '' : `: ${reason}`
  if (wasClean && by === 'self') return { wasClean, reason: 'closed by this side' }
  if (by === 'peer') return { wasClean, reason: `closed by the peer with the code ${code}${why}` }
  if (by === 'self') return { wasClean, reason: `ended by this side${why}` }
  return { wasClean, reason: `the connection was lost${why}` }
}
