import { ApiMisuse, asError, shownValue } from '@autobahn-ts/websocket/portable'
import type { Uri } from '../messages/message.ts'
import { emptyPayload, type Kwargs, type Payload, payloadOf } from '../messages/payload.ts'
import { isLoosePattern } from '../messages/uris.ts'
import { MessageTooLarge } from '../transports/message-transport.ts'
import { WampError } from './wamp-error.ts'

/** The answer to a call whose handler has failed. */
export interface ErrorReply {
  readonly uri: Uri
  readonly payload: Payload | undefined
  /** Whether the error is a fault of this side, and `onError` gets it. */
  readonly isReported: boolean
}

/**
 * Makes the answer from what a handler has thrown. A `WampError` says what callers are told; of any other error they are told that there was one,
 * and its message only if `isExposed`. Throws `ApiMisuse` for a `WampError` without a URI. `aborted` is the reason with which the signal of the call was aborted.
 */
export function errorPayload(thrown: unknown, aborted: unknown, isExposed: boolean): ErrorReply {
  if (thrown instanceof WampError) {
    const { uri, args, kwargs } = thrown
    if (typeof uri !== 'string' || !isLoosePattern(uri))
      throw new ApiMisuse(`the URI of a WampError must be a URI, such as com.example.name, and not ${shownValue(uri)}`)
    return { uri, payload: payloadOf(args, kwargs), isReported: false }
  }
  if (isAbort(thrown, aborted)) return { uri: 'wamp.error.canceled', payload: undefined, isReported: false }
  if (thrown instanceof MessageTooLarge) return withText('wamp.error.payload_size_exceeded', 'the result is larger than a message may be')
  return isExposed ? withText(runtimeError, asError(thrown).message, { name: asError(thrown).name }) : withText(runtimeError)
}

/** Whether a handler has failed because its call was aborted. */
export function isAbort(thrown: unknown, aborted: unknown): boolean {
  if (aborted === undefined) return false
  return thrown === aborted || thrown === undefined || (thrown instanceof Error && thrown.name === 'AbortError')
}

function withText(uri: Uri, text?: string, kwargs: Kwargs = emptyPayload.kwargs): ErrorReply {
  return { uri, payload: payloadOf(text === undefined ? [] : [text], kwargs), isReported: true }
}

const runtimeError = 'wamp.error.runtime_error'
