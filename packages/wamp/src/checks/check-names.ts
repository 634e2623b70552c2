import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'

/** Throws `ApiMisuse` for a topic, a prefix or a URI that is not a string. `what` names it in the message. */
export function checkText(what: string, given: unknown): void {
  if (typeof given !== 'string') throw new ApiMisuse(`${what} must be a string, and not ${typeof given}`)
}

/** Throws `ApiMisuse` for a procedure that is not a function, or whose URI is not a non-empty string. */
export function checkProcedure(uri: string, target: unknown): void {
  if (typeof uri !== 'string' || uri === '') throw new ApiMisuse(`a procedure's URI must be a non-empty string, and not ${shownValue(uri)}`)
  if (typeof target !== 'function') throw new ApiMisuse(`what is registered under ${uri} must be a function, and not ${typeof target}`)
}
