import { CloseCode, isPromise } from '@autobahn-ts/websocket/portable'
import { unlessError } from '../../hooks/hook-value.ts'
import type { MessageTier } from '../ports/message-tier.ts'
import type { WampFactory } from '../ports/wamp-factory.ts'

/** A protocol object, as its session sees it. */
export interface SessionProtocol extends MessageTier {
  onSessionOpen(): unknown
}

/**
 * Calls `onSessionOpen`. Its promise does not hold the reading, because it may wait for calls.
 *
 * If it fails, the session has not been set up and the connection closes with 1011; an error that is returned counts as thrown. For what
 * `onSessionOpen` throws at once the WebSocket layer does the same.
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
