import { ApiMisuse, checkOptions, type OptionChecks, shownValue } from '@autobahn-ts/websocket/portable'
import { aSignal, seconds } from '../../checks/option-checks.ts'

/** Options of one call. */
export interface CallOptions {
  /** Seconds to wait for the answer; 0 waits until the connection closes. Default: the option `callTimeout`. */
  readonly timeout?: number
  /** When it is aborted, the call rejects with its reason. The peer is not informed: WAMP 1 has no message for that. */
  readonly signal?: AbortSignal
}

/** Throws `ApiMisuse` for a call that could never be made: its URI is not a non-empty string, or an option is unknown or wrong. */
export function checkCall(options: CallOptions | undefined, uri: unknown): void {
  if (typeof uri !== 'string' || uri === '') throw new ApiMisuse(`the URI of a call must be a non-empty string, and not ${shownValue(uri)}`)
  checkOptions<CallOptions>(options, callOptions, 'callWith')
}

const callOptions: OptionChecks<CallOptions> = { timeout: seconds, signal: aSignal }
