import { closeArguments } from './close-arguments.ts'
import { exposed } from './exposed.ts'
import { clampedShort, dictionary, scalarText } from './idl-values.ts'

/** The code and reason of the end of a connection. */
export interface WebSocketCloseInfo {
  closeCode?: number
  reason?: string
}

/**
 * The error with which a `WebSocketStream` fails, and with which an application ends one: `writable.abort(new WebSocketError('', { closeCode: 4000 }))`
 * sends the code to the server.
 */
export interface WebSocketError extends DOMException {
  /** The code of the end; `null` for none. */
  readonly closeCode: number | null
  readonly reason: string
}

/** The class of `WebSocketError`. */
export interface WebSocketErrorClass {
  /** Throws a `DOMException` for a code but 1000 and 3000 to 4999, and for a reason of more than 123 octets. */
  new (message?: string, init?: WebSocketCloseInfo): WebSocketError
  readonly prototype: WebSocketError
}

/** Reads what an application wants to close with. Throws `TypeError` for what is not an object, and `DOMException`s as `closeArguments` does. */
export function closeInfoArguments(given: unknown, where: string): { readonly code: number | undefined; readonly reason: string } {
  const { closeCode, reason } = dictionary(given, where)
  return closeArguments(closeCode === undefined ? undefined : clampedShort(closeCode), reason === undefined ? '' : scalarText(reason))
}

/** Makes the error of a connection that has ended with a code that applications may not use. */
export let endedWith: (message: string, closeCode: number, reason: string, cause: Error | undefined) => WebSocketError

class OwnWebSocketError extends DOMException implements WebSocketError {
  #closeCode: number | null
  #reason: string

  constructor(message: unknown = '', init: unknown = {}) {
    super(`${message as string}`, 'WebSocketError')
    // Node before 24 makes a DOMException whatever class is derived from it
    Object.setPrototypeOf(this, new.target.prototype)
    const { code, reason } = closeInfoArguments(init, 'the second argument of WebSocketError')
    this.#closeCode = code ?? null
    this.#reason = reason
  }

  static {
    endedWith = (message, closeCode, reason, cause) => {
      const error = new OwnWebSocketError(message)
      error.#closeCode = closeCode
      error.#reason = reason
      if (cause !== undefined) Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true })
      return error
    }
  }

  get closeCode(): number | null {
    return this.#closeCode
  }

  get reason(): string {
    return this.#reason
  }
}

/** The class of the errors of `WebSocketStream`. */
export const WebSocketError: WebSocketErrorClass = /* @__PURE__ */ exposed(OwnWebSocketError as WebSocketErrorClass, {
  name: 'WebSocketError',
  members: ['closeCode', 'reason'],
})
