import { ApiMisuse, checkOptions, type OptionChecks, shownValue } from '@autobahn-ts/websocket/portable'
import { aSignal, seconds } from '../../checks/option-checks.ts'

/** How one call is made. */
export interface CallOptions {
  /** Seconds to wait for the answer; 0 as long as the connection lives. Default: the option `callTimeout`. */
  readonly timeout?: number
  /** Aborted: the call rejects with its reason. The peer is not told; WAMP 1 has no message for that. */
  readonly signal?: AbortSignal
}

/** Throws `ApiMisuse` for a call that could never be made: a URI that is not a string or is empty, or options that do not exist. */
export function checkCall(options: CallOptions | undefined, uri: unknown): void {
  if (typeof uri !== 'string' || uri === '')
    throw new ApiMisuse(`the URI of a call must be a string with something in it, and not ${shownValue(uri)}`)
  checkOptions<CallOptions>(options, callOptions, 'callWith')
}

const callOptions: OptionChecks<CallOptions> = { timeout: seconds, signal: aSignal }
