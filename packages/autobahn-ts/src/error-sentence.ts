import { printable } from './printable.ts'

/**
 * Returns the message of an error as one line for a terminal. Control characters are escaped and text longer than `most` characters is cut, as
 * `printable` does. Backslashes stay as they are, because messages of the library escape the peer's text already.
 */
export function errorSentence(error: unknown, most = 500): string {
  return printable(error instanceof Error ? error.message : String(error), most).replaceAll(escapedBackslash, '\\')
}

const escapedBackslash = printable('\\')
