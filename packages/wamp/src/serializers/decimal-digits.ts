/**
 * Returns the digits of an integer from 0 to 2^53 - 1, as `String` does, and leaves nothing behind (decision 171).
 *
 * V8 keeps the texts of the numbers that it has written in a table, each with its number. Ids do not come again, so the table fills with what nobody needs, and each
 * collection of young objects has to look through it and to copy what it holds.
 */
export function decimalDigits(integer: number): string {
  if (integer < million) return digitsBelowMillion(integer)
  if (integer < billion) return digitsBelowBillion(integer)
  const upper = Math.floor(integer / billion)
  return (upper < million ? digitsBelowMillion(upper) : digitsBelowBillion(upper)) + lastNineDigits(integer - upper * billion)
}

function digitsBelowBillion(integer: number): string {
  const millions = Math.floor(integer / million)
  return beginning[millions] + lastSixDigits(integer - millions * million)
}

function digitsBelowMillion(integer: number): string {
  if (integer < 1000) return beginning[integer] as string
  const thousands = Math.floor(integer / 1000)
  return (beginning[thousands] as string) + further[integer - thousands * 1000]
}

function lastNineDigits(integer: number): string {
  const millions = Math.floor(integer / million)
  return further[millions] + lastSixDigits(integer - millions * million)
}

function lastSixDigits(integer: number): string {
  const thousands = Math.floor(integer / 1000)
  return (further[thousands] as string) + further[integer - thousands * 1000]
}

const [million, billion] = [1e6, 1e9]
/** The digits of the numbers below 1000, as they begin a number. */
const beginning = Array.from({ length: 1000 }, (_, n) => String(n))
/** Those numbers with three digits each, as they stand further on in a number. */
const further = beginning.map(text => text.padStart(3, '0'))
