import { CloseCode, isPromise } from '@autobahn-ts/websocket/portable'
import { unlessError } from '../../hooks/hook-value.ts'
import type { MessageTier } from '../ports/message-tier.ts'
import type { WampFactory } from '../ports/wamp-factory.ts'

/** The protocol object of a session. */
export interface SessionProtocol extends MessageTier {
  onSessionOpen(): unknown
}

/**
 * Calls `onSessionOpen`. Its promise does not hold reading, because it may wait for calls.
 *
 * If the promise rejects, the connection closes with 1011; a returned error counts as thrown. The WebSocket layer does the same for an
 * error that `onSessionOpen` throws at once.
 */
export function beginSession(protocol: SessionProtocol, factory: WampFactory): void {
  const result = protocol.onSessionOpen()
  if (!isPromise(result)) {
    unlessError(result)
    return
  }
  Promise.resolve(result)
    .then(unlessError)
    .catch(error => {
      factory.noteError(error, protocol)
      protocol.failConnection(CloseCode.InternalError, 'onSessionOpen failed')
    })
}
