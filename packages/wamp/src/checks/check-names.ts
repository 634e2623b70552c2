import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'

/** What a topic, a prefix and its URI have to be. */
export function checkText(what: string, given: unknown): void {
  if (typeof given !== 'string') throw new ApiMisuse(`${what} must be a string, and not ${typeof given}`)
}

/** What is registered is a function, under a URI. */
export function checkProcedure(uri: string, target: unknown): void {
  if (typeof uri !== 'string' || uri === '')
    throw new ApiMisuse(`a procedure's URI must be a string with something in it, and not ${shownValue(uri)}`)
  if (typeof target !== 'function') throw new ApiMisuse(`what is registered under ${uri} must be a function, and not ${typeof target}`)
}
