import { ApiMisuse, anyValue, checkOptions, shownValue } from '@autobahn-ts/websocket/portable'
import { aBoolean } from '../../checks/option-checks.ts'

/** More about an error that a procedure throws. */
export interface RpcErrorOptions extends ErrorOptions {
  /** Closes the caller's session with 3000 once the error has been sent. */
  readonly closeSession?: boolean
}

/**
 * An error on its way from procedure to caller: a procedure throws it, and the caller's promise rejects with it.
 *
 * `uri` says which error it is, `description` is for a person, and `details` is JSON, left out where `undefined` or `null`.
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
      throw new ApiMisuse(`the URI of an error must be a string with something in it, and not ${shownValue(uri)}`)
    if (typeof description !== 'string') throw new ApiMisuse(`the description of an error must be a string, and not ${typeof description}`)
    checkOptions<RpcErrorOptions>(options, { closeSession: aBoolean, cause: anyValue }, 'RpcError')
    this.uri = uri
    this.description = description
    this.details = details ?? undefined
    this.closeSession = options.closeSession === true
  }
}
