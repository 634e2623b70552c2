import { InvalidArgumentError } from 'commander'

/** Makes a reader of whole numbers from `least` to `most`. It throws `InvalidArgumentError` for anything else. */
export function wholeNumberFrom(least: number, most: number): (text: string) => number {
  return text => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < least || number > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    return number
  }
}

/** Makes a reader of numbers of seconds, above 0 and up to `most`. It throws `InvalidArgumentError` for anything else. */
export function secondsUpTo(most: number): (text: string) => number {
  return text => {
    const number = decimal(text)
    if (!(number > 0 && number <= most)) throw new InvalidArgumentError(`It must be a number of seconds above 0, up to ${most}.`)
    return number
  }
}

/** Makes a reader of numbers of seconds from 0 to `most`. It throws `InvalidArgumentError` for anything else. */
export function secondsFromZeroTo(most: number): (text: string) => number {
  return text => {
    const number = decimal(text)
    if (!(number <= most)) throw new InvalidArgumentError(`It must be a number of seconds from 0 to ${most}.`)
    return number
  }
}

/** Reads a decimal number without a sign and without an exponent; `NaN` for anything else. */
function decimal(text: string): number {
  return /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN
}
