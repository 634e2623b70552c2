import {
  checkOptions,
  defaultsOf,
  explained,
  type OptionChecks,
  type OptionSettings,
  type OptionTable,
  optionSetting,
  someFunction,
} from '@autobahn-ts/websocket/portable'
import type { Resuming } from '../client/resuming.ts'
import type { ReplayBounds } from './replay-buffer.ts'
import { ResumingDial, type ResumingOptions } from './resuming-dial.ts'

/** Options of `resumption`. */
export interface ResumptionOptions extends Partial<ReplayBounds> {
  /** Called when the transport is lost and the session may go on. Calls and events wait from now on. */
  readonly onDetached?: ResumingOptions['onDetached']
  /** Called when the session goes on. */
  readonly onResumed?: ResumingOptions['onResumed']
}

/**
 * Makes the option `resumption` of `connect`: where the router offers it, a session outlives the loss of its transport. Nothing is sent twice and
 * nothing is missing then: calls settle, and subscriptions and registrations stay.
 *
 * Throws `ApiMisuse` for options that do not exist or have wrong values.
 */
export function resumption(options: ResumptionOptions = {}): Resuming {
  checkOptions<ResumptionOptions>(options, checks, 'resumption')
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const complete: ResumingOptions = { ...defaultsOf(settings), ...given }
  return { over: (dial, world) => new ResumingDial(dial, complete, world) }
}

const settings: OptionSettings<ReplayBounds> = {
  octets: atLeastOne(1_048_576),
  messages: atLeastOne(10_000),
}

const checks: OptionChecks<ResumptionOptions> = { ...settings, onDetached: someFunction, onResumed: someFunction }

/** The options with their meanings: defaults, checks and texts. */
export const resumptionOptions: OptionTable<ReplayBounds> = /* @__PURE__ */ explained<ReplayBounds>(settings, {
  octets: [
    'Octets of sent messages that are kept, to be sent again. Where the router needs more of them, a new session begins.',
    'More than sockets hold when a connection breaks.',
  ],
  messages: ['The number of sent messages that are kept.', 'Small messages cost more than their octets.'],
})

function atLeastOne(value: number) {
  return optionSetting(value, 'a whole number from 1 on', given => Number.isSafeInteger(given) && Number(given) >= 1)
}
