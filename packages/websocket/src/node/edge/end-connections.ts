import type { Clock } from '../../bytes/clock.ts'
import { anyValue, checkOptions, type OptionChecks, optionCheck } from '../../protocol/checks/check-options.ts'
import { trueOrFalse } from '../../protocol/checks/option-values.ts'
import { CloseCode } from '../../protocol/faults/close-code.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { closeReason } from '../../protocol/frames/close-frame.ts'
import { keepAlive } from '../runtime/keep-alive.ts'
import { nodeClock } from '../runtime/node-clock.ts'
import { nodeText } from '../runtime/node-text.ts'
import type { OpenConnections } from './open-connections.ts'

/** The way in which a listener or an attachment closes its connections. */
export interface ListenerCloseOptions {
  /** The close code for open connections. Default: 1001, going away. */
  readonly code?: number
  /** The close reason, at most 123 octets of UTF-8. Default: empty. */
  readonly reason?: string
  /**
   * The number of seconds after which remaining connections are dropped, with anything that is still unsent; 0 drops at once. Default: 5.
   */
  readonly timeout?: number
  /**
   * Ends TCP without a close frame; messages that were sent before still go out. Clients see the code 1006. Clients that take a clean close
   * for their own, such as AutobahnJS 0.8, reconnect then. Excludes `code` and `reason`. Default: false.
   */
  readonly drop?: boolean
}

/** Checks the options of `close()`. Throws `ApiMisuse` for options that contradict each other, and for a code or reason that may not be sent. */
export function checkCloseOptions(options: ListenerCloseOptions): void {
  checkOptions<ListenerCloseOptions>(options, closeOptions, 'close')
  const { code = CloseCode.GoingAway, reason = '', drop = false } = options
  if (drop && (options.code !== undefined || options.reason !== undefined))
    throw new ApiMisuse('the option drop sends no close frame, so it excludes code and reason')
  closeReason(code, reason, nodeText)
}

/**
 * Closes connections: sends open ones a close frame, drops those in the opening handshake, and at the deadline the rest. Resolves with
 * `gone`, and keeps the process alive until then: the application may have work left after this.
 */
export async function endConnections(
  connections: OpenConnections,
  { code = CloseCode.GoingAway, reason = '', timeout = 5, drop = false }: ListenerCloseOptions,
  ofDeadline: Clock,
  gone: Promise<void>,
): Promise<void> {
  if (drop) connections.hangUp()
  else connections.close(code, reason)
  keepAlive.hold()
  // 0 means at once, even with a clock that stands still
  const clock = timeout === 0 ? nodeClock : ofDeadline
  const deadline = clock.schedule(() => connections.drop(), timeout * 1000)
  await gone
  deadline.cancel()
  keepAlive.release()
}

const closeOptions: OptionChecks<ListenerCloseOptions> = {
  code: anyValue,
  reason: optionCheck('a string', value => typeof value === 'string'),
  timeout: optionCheck('a number of seconds', value => typeof value === 'number' && value >= 0),
  drop: trueOrFalse,
}
