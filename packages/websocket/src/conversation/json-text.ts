import { asError } from '../protocol/faults/as-error.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'

/** Returns a value as JSON. Throws `ApiMisuse` for values that JSON cannot write: functions, `undefined`, bigints, cycles. */
export function jsonText(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value) as string | undefined
  } catch (thrown) {
    const cause = asError(thrown)
    throw new ApiMisuse(`${shownValue(value)} cannot be written as JSON: ${cause.message}`, { cause })
  }
  if (text === undefined) throw new ApiMisuse(`${shownValue(value)} cannot be written as JSON`)
  return text
}
