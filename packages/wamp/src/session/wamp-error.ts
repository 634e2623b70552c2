import { canonicalUri } from '../messages/canonical-uri.ts'
import type { Uri } from '../messages/message.ts'
import { emptyPayload, type Kwargs, type Payload } from '../messages/payload.ts'
import { checkPayload } from './check-payload.ts'

/**
 * An error of WAMP, with its URI and its payload: thrown by a handler it answers the call, and received it is what a call rejects with.
 *
 * The message is for people: the first positional value where that is text, and the URI.
 */
export class WampError<
  ErrorUri extends string = string,
  Args extends readonly unknown[] = readonly unknown[],
  Keywords = Kwargs,
> extends Error {
  override readonly name: string = 'WampError'
  readonly code: 'ERR_WAMP_ERROR' | 'ERR_WAMP_JOIN_REFUSED' = 'ERR_WAMP_ERROR'
  readonly uri: ErrorUri
  readonly args: Args
  readonly kwargs: Keywords

  constructor(uri: ErrorUri, args?: Args, kwargs?: Keywords, options?: { readonly cause?: unknown; readonly message?: string }) {
    checkPayload('WampError', args, kwargs)
    const { message, ...cause } = options ?? {}
    super(message ?? sentenceOf(uri, args), cause)
    this.uri = uri
    this.args = args ?? (emptyPayload.args as Args)
    this.kwargs = kwargs ?? (emptyPayload.kwargs as Keywords)
  }
}

/** Makes the error of an ERROR message. */
export function errorOf(uri: Uri, payload: Payload | undefined): WampError {
  return new WampError(uri, payload?.args, payload?.kwargs)
}

/**
 * Tells whether a value is a `WampError`, and one with the URI where that is given. URIs that peers spell in several ways count as one:
 * `wamp.error.canceled` is `wamp.error.cancelled`.
 */
export function isWampError<ErrorUri extends string = string>(error: unknown, uri?: ErrorUri): error is WampError<ErrorUri> {
  return error instanceof WampError && (uri === undefined || canonicalUri(error.uri) === canonicalUri(uri))
}

function sentenceOf(uri: Uri, args: readonly unknown[] | undefined): string {
  const first = args?.[0]
  return typeof first === 'string' && first !== '' ? `${first} (${uri})` : uri
}
