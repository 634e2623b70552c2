import { ErrorUri } from '../messages/uris.ts'
import { RpcError } from './rpc-error.ts'

/** The answer to a call that failed. */
export interface ErrorReply {
  readonly uri: string
  readonly description: string
  /** Not part of the message if `undefined`. */
  readonly details: unknown
  readonly closeSession: boolean
  /** Whether this side's code is at fault, so that the error must be reported here. */
  readonly isInternal: boolean
}

/**
 * Makes the answer for an error. An `RpcError` has its own URI, description and details; any other error is generic, described by its
 * message.
 *
 * Applications can overwrite these fields. If one is not a string, the error is internal: the caller would close the connection for a
 * CALLERROR whose description is not a string.
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
  return internal('the procedure threw a value that is not an error')
}

/** Makes the answer for a call whose result or error could not be sent. */
export function internal(description: string): ErrorReply {
  return { uri: ErrorUri.Internal, description, details: undefined, closeSession: false, isInternal: true }
}

const notText = 'the procedure threw an error whose description is not a string'

function tracebackOf(error: Error, isWanted: boolean): unknown {
  return isWanted ? error.stack?.split('\n') : undefined
}
