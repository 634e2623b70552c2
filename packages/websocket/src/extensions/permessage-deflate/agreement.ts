import { anyValue, type OptionChecks } from '../../protocol/checks/check-options.ts'
import { trueOrFalse } from '../../protocol/checks/option-values.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'
import { type DeflateSettings, perMessageDeflateOptions } from './options.ts'

/** What was agreed on, as one side sees it. */
export interface DeflateAgreement {
  readonly own: Direction
  readonly peer: Direction
  readonly settings: DeflateSettings
}

/** One way of a connection. */
export interface Direction {
  /** 8 to 15. */
  readonly windowBits: number
  readonly noContextTakeover: boolean
}

/** How one side uses what it accepts; what is not given is at its default. */
export interface AcceptOptions extends Partial<DeflateSettings> {
  /** Whether to compress each message by itself. Default: as asked for. */
  readonly noContextTakeover?: boolean
  /** Size of the own window, 9 to 15, at most what was asked for. Default: that. */
  readonly windowBits?: number
}

/** The names of `AcceptOptions`; values are checked where they are used. */
export const acceptOptions: OptionChecks<AcceptOptions> = {
  noContextTakeover: trueOrFalse,
  windowBits: anyValue,
  level: anyValue,
  memLevel: anyValue,
  threshold: anyValue,
}

/** The settings, each checked as the option of its name. */
export function settingsOf({ level, memLevel, threshold }: AcceptOptions): DeflateSettings {
  return { level: checked('level', level), memLevel: checked('memLevel', memLevel), threshold: checked('threshold', threshold) }
}

/** What this side does with what it was asked for: less window or context is its own choice, more is misuse. */
export function ownDirection(options: AcceptOptions, askedBits: number, askedNoTakeover: boolean): Direction {
  const most = askedBits || 15
  const { windowBits = most, noContextTakeover = askedNoTakeover } = options
  if (askedNoTakeover && !noContextTakeover) throw new ApiMisuse('noContextTakeover was asked for, and must not be false')
  if (!isWindowBits(windowBits)) throw new ApiMisuse(`windowBits must be a whole number from 8 to 15, and not ${shownValue(windowBits)}`)
  if (windowBits > most) throw new ApiMisuse(`windowBits must be at most ${most}, as asked for, and not ${shownValue(windowBits)}`)
  return { windowBits, noContextTakeover }
}

export function isWindowBits(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 8 && (value as number) <= 15
}

function checked(name: keyof DeflateSettings, value: number | undefined): number {
  const rule = perMessageDeflateOptions[name]
  if (value === undefined) return rule.default
  if (!rule.holds(value)) throw new ApiMisuse(`${name} must be ${rule.wanted}, and not ${shownValue(value)}`)
  return value
}
