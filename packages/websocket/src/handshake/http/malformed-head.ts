import { HandshakeFailed } from '../../protocol/faults/errors.ts'
import { HttpException } from './http-exception.ts'

/**
 * The error for a head of a request or response that breaks the grammar of HTTP or our limits.
 *
 * Both roles read heads with the same code. A server turns the error into an answer with `asHttpException`, a client into its failure with
 * `asHandshakeFailed`.
 */
export class MalformedHead extends Error {
  override readonly name = 'MalformedHead'
  /** The status that a server answers with: 400, or 431 where a limit was exceeded. */
  readonly status: number

  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}

/** Runs a parser for a server: `MalformedHead` becomes the `HttpException` to answer with. */
export function asHttpException<T>(parse: () => T): T {
  return mapped(parse, error => new HttpException(error.status, error.message))
}

/** Runs a parser for a client: `MalformedHead` becomes `HandshakeFailed`. */
export function asHandshakeFailed<T>(parse: () => T, status?: number): T {
  return mapped(parse, error => new HandshakeFailed(error.message, status))
}

function mapped<T>(parse: () => T, kind: (error: MalformedHead) => Error): T {
  try {
    return parse()
  } catch (error) {
    throw error instanceof MalformedHead ? kind(error) : error
  }
}
