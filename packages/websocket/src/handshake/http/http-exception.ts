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

  constructor(status: number, reason: string, headers: HeadersInput = []) {
    super(`${status} ${reason}`)
    this.status = status
    this.reason = reason
    this.headers = headers
  }
}

/** Headers as input from an application: an object, pairs, a `Map` or the platform's `Headers`. */
export type HeadersInput =
  | Iterable<readonly [name: string, value: string | readonly string[]]>
  | Readonly<Record<string, string | readonly string[]>>
