import { HandshakeFailed } from '../../protocol/faults/errors.ts'
import { HttpException } from './http-exception.ts'

/**
 * The head of a request or response breaks HTTP's grammar or our limits.
 *
 * Both roles read heads with the same code, so what is thrown there takes no side. A server answers with `asHttpException`,
 * a client fails with `asHandshakeFailed`.
 */
export class MalformedHead extends Error {
  override readonly name = 'MalformedHead'
  /** What a server answers: 400, or 431 where a limit was exceeded. */
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
