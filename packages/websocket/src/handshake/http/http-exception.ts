import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'

/**
 * The error to throw in a server's `onConnect` to refuse a connection with an HTTP status.
 *
 * The reason becomes the reason phrase and body of the response: printable ASCII, no line breaks.
 */
export class HttpException extends Error {
  override readonly name = 'HttpException'
  /** The HTTP status, 300 to 599. */
  readonly status: number
  readonly reason: string
  /** Further headers of the response. */
  readonly headers: HeadersInput

  /** Throws `ApiMisuse` for a status that does not refuse, and for a reason that is not a string. An empty reason is the phrase of the status. */
  constructor(status: number, reason: string = '', headers: HeadersInput = []) {
    super(reason === '' ? `${status}` : `${status} ${reason}`)
    check(status, reason)
    this.status = status
    this.reason = reason
    this.headers = headers
  }
}

function check(status: unknown, reason: unknown): void {
  if (typeof status === 'string' && typeof reason === 'number')
    throw new ApiMisuse(`the status comes before the reason: new HttpException(${reason}, ${shownValue(status)})`)
  if (!Number.isInteger(status) || (status as number) < 300 || (status as number) > 599)
    throw new ApiMisuse(`the status of an HttpException must be a whole number from 300 to 599, and not ${shownValue(status)}`)
  if (typeof reason !== 'string') throw new ApiMisuse(`the reason of an HttpException must be a string, and not ${shownValue(reason)}`)
}

/** Headers as input from an application: an object, pairs, a `Map` or the platform's `Headers`. */
export type HeadersInput =
  | Iterable<readonly [name: string, value: string | readonly string[]]>
  | Readonly<Record<string, string | readonly string[]>>
