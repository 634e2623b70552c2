import { ApiMisuse, anyValue, checkOptions, shownValue } from '@autobahn-ts/websocket/portable'
import { aBoolean } from '../../checks/option-checks.ts'

/** Options of an error that a procedure throws. */
export interface RpcErrorOptions extends ErrorOptions {
  /** Closes the caller's session with 3000 once the error has been sent. */
  readonly closeSession?: boolean
}

/**
 * An error that travels from a procedure to its caller: the procedure throws it, and the caller's promise rejects with it.
 *
 * `uri` identifies the error, `description` is for people, and `details` is any JSON value, not sent if `undefined` or `null`.
 */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: 'ERR_RPC' = 'ERR_RPC'
  readonly uri: string
  readonly description: string
  readonly details: unknown
  readonly closeSession: boolean

  constructor(uri: string, description: string, details?: unknown, options: RpcErrorOptions = {}) {
    super(description, options)
    if (typeof uri !== 'string' || uri === '')
      throw new ApiMisuse(`the URI of an error must be a non-empty string, and not ${shownValue(uri)}`)
    if (typeof description !== 'string') throw new ApiMisuse(`the description of an error must be a string, and not ${typeof description}`)
    checkOptions<RpcErrorOptions>(options, { closeSession: aBoolean, cause: anyValue }, 'RpcError')
    this.uri = uri
    this.description = description
    this.details = details ?? undefined
    this.closeSession = options.closeSession === true
  }
}
