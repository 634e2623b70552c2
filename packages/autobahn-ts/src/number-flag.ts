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
    const number = Number(text)
    if (!/^\d+(\.\d+)?$/.test(text) || number <= 0 || number > most)
      throw new InvalidArgumentError(`It must be a number of seconds above 0, up to ${most}.`)
    return number
  }
}
