import { type OptionChecks, optionCheck } from '../protocol/checks/check-options.ts'
import { someFunction } from '../protocol/checks/option-values.ts'

/** The options for joining a channel that keeps its messages. */
export interface JoinOptions {
  /**
   * The beginning of what the member is sent first: the messages that were kept since a date, or behind a position (`Channel.position`, or what
   * `onMessage` was called with). The new ones follow without a gap and without a repeat.
   */
  readonly since?: Date | string
  /** Called with the position of each message that is kept, when it was sent to the member. */
  readonly onMessage?: (position: string) => void
  /** Called where messages since `since` may have been discarded: before the first one that is sent. */
  readonly onGap?: () => void
}

export const joinChecks: OptionChecks<JoinOptions> = {
  since: optionCheck('a Date, or a position that is a string', value => typeof value === 'string' || isDate(value)),
  onMessage: someFunction,
  onGap: someFunction,
}

/** Tells whether a value is a valid `Date`, also one of another realm. */
function isDate(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Date]' && !Number.isNaN(Number(value))
}
