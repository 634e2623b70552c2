import { webText } from '../bytes/text.ts'
import { longestReason } from '../protocol/frames/close-frame.ts'
import { syntaxError } from './url-record.ts'

/** The code and reason with which a connection is to be closed. */
export interface CloseArguments {
  /** `undefined`: the close frame has neither code nor reason. */
  readonly code: number | undefined
  readonly reason: string
}

/**
 * Checks what an application wants to close with. A reason without a code gets the code 1000.
 *
 * Throws a `DOMException` named `InvalidAccessError` for codes but 1000 and 3000 to 4999, and one named `SyntaxError` for a reason of more than 123
 * octets (WebSockets Standard, "validate close code and reason").
 */
export function closeArguments(code: number | undefined, reason: string): CloseArguments {
  if (code !== undefined && code !== 1000 && (code < 3000 || code > 4999))
    throw new DOMException(`close code ${code} is neither 1000 nor from 3000 to 4999`, 'InvalidAccessError')
  const { length } = webText.encode(reason)
  if (length > longestReason) throw syntaxError(`close reason of ${length} octets; at most ${longestReason} fit`)
  return { code: code ?? (reason === '' ? undefined : 1000), reason }
}
