import { ApiMisuse, type OptionChecks, shownValue } from '@autobahn-ts/websocket/portable'

/** Checks options as `checkOptions` does, in fewer words: lists the names that there are in place of the one that was probably meant. */
export function briefCheck(given: unknown, table: OptionChecks<Readonly<Record<string, unknown>>>, where: string): void {
  if (typeof given !== 'object' || given === null || Object.prototype.toString.call(given) !== '[object Object]')
    throw new ApiMisuse(`the options of ${where} must be an object, and not ${shownValue(given)}`)
  for (const [name, value] of Object.entries(given)) {
    const check = Object.hasOwn(table, name) ? table[name] : undefined
    if (check === undefined) throw new ApiMisuse(`there is no option ${name} of ${where}; there are ${Object.keys(table).join(', ')}`)
    if (value !== undefined && !check.holds(value))
      throw new ApiMisuse(`option ${name} must be ${check.wanted}, and not ${shownValue(value)}`)
  }
}
