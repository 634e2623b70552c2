import { ErrorUri } from '../messages/uris.ts'
import { RpcError } from './rpc-error.ts'

/** What a caller is told of an error. */
export interface ErrorReply {
  readonly uri: string
  readonly description: string
  /** Left out of the message where `undefined`. */
  readonly details: unknown
  readonly closeSession: boolean
  /** It is a fault of this side's code that nobody else will hear of. */
  readonly isInternal: boolean
}

/**
 * An `RpcError` says itself what it is; the message of any other error is its description. Both are fields that anybody may write to, and a
 * CALLERROR whose description is no text would have the caller close the connection.
 */
export function errorReply(thrown: unknown, includeTraceback: boolean): ErrorReply {
  if (thrown instanceof RpcError) {
    const { uri, description, closeSession } = thrown
    if (typeof uri !== 'string' || typeof description !== 'string') return internal(notText)
    return { uri, description, details: thrown.details ?? tracebackOf(thrown, includeTraceback), closeSession, isInternal: false }
  }
  if (thrown instanceof Error) {
    if (typeof thrown.message !== 'string') return internal(notText)
    const description = thrown.message === '' ? 'generic error' : thrown.message
    return { uri: ErrorUri.Generic, description, details: tracebackOf(thrown, includeTraceback), closeSession: false, isInternal: false }
  }
  return internal('the procedure threw something that is no error')
}

/** The answer to a call whose result, or whose error, could not be sent. */
export function internal(description: string): ErrorReply {
  return { uri: ErrorUri.Internal, description, details: undefined, closeSession: false, isInternal: true }
}

const notText = 'the procedure threw an error whose description is no text'

function tracebackOf(error: Error, isWanted: boolean): unknown {
  return isWanted ? error.stack?.split('\n') : undefined
}
