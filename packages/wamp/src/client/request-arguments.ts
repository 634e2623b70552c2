import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import type { MatchPolicy, Uri } from '../messages/message.ts'
import { type Kwargs, type Payload, payloadOf } from '../messages/payload.ts'
import { isLoosePattern } from '../messages/uris.ts'
import { type CallResult, itemOf } from '../session/answer.ts'
import type { CallRequest } from '../session/calls.ts'
import { checkPayload } from '../session/check-payload.ts'
import { isSource } from '../session/iterator-of.ts'
import { type CallOptions, callOptions } from './request-options.ts'
import { type CheckRequest, wireOptions } from './wire-options.ts'

/** The positional arguments of a call; or a generator or a stream in their place, whose values are sent as chunks. */
export type CallArguments = readonly unknown[] | AsyncIterable<unknown> | Iterable<unknown>

/** A call as a session takes it. */
export interface CallMessage {
  readonly payload: Payload | undefined
  readonly request: CallRequest
}

/** Checks the arguments of a call. Throws `ApiMisuse`. `where` is the method as callers know it. */
export function callMessage(
  where: string,
  procedure: Uri,
  args: CallArguments | undefined,
  kwargs: Kwargs | undefined,
  options: CallOptions | undefined,
  check: CheckRequest,
): CallMessage {
  checkUri('a procedure', procedure)
  const isChunks = args !== undefined && !Array.isArray(args) && isSource(args)
  const positional = isChunks ? undefined : (args as readonly unknown[] | undefined)
  checkPayload(where, positional, kwargs)
  const payload = payloadOf(positional, kwargs)
  return {
    payload,
    request: options === undefined && !isChunks ? noRequest : requestOf(where, options, isChunks ? args : undefined, check),
  }
}

/** Checks the payload of an event, as `callMessage` does. */
export function eventPayload(topic: Uri, args: readonly unknown[] | undefined, kwargs: Kwargs | undefined): Payload | undefined {
  checkUri('a topic', topic)
  checkPayload('publish', args, kwargs)
  return payloadOf(args, kwargs)
}

function requestOf(
  where: string,
  options: CallOptions | undefined,
  given: AsyncIterable<unknown> | Iterable<unknown> | undefined,
  check: CheckRequest,
): CallRequest {
  const wire = wireOptions<CallOptions>(options, callOptions, where, check)
  if (given !== undefined && options?.chunks !== undefined)
    throw new ApiMisuse(`${where} takes chunks in the place of its arguments, or as option chunks, and not both`)
  const { timeout, signal, cancelMode: mode, onProgress: progressed, chunks = given } = options ?? {}
  return {
    options: wire,
    ...(timeout !== undefined && { timeout }),
    ...(signal !== undefined && { signal }),
    ...(mode !== undefined && { mode }),
    ...(chunks !== undefined && { chunks }),
    ...(progressed !== undefined && { onProgress: (result: CallResult) => progressed(itemOf(result), result) }),
  }
}

/** Throws `ApiMisuse` for a value that is not a URI, or not a pattern of the kind. */
export function checkUri(what: string, uri: unknown, match?: MatchPolicy): asserts uri is Uri {
  if (typeof uri === 'string' && isLoosePattern(uri, match)) return
  const wanted = match === undefined || match === 'exact' ? 'a URI, such as com.example.name,' : `a pattern for the match ${match}`
  throw new ApiMisuse(`${what} must be ${wanted} and not ${shownValue(uri)}`)
}

const noRequest: CallRequest = {}
