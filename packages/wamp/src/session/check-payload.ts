import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import { isPlain } from '../messages/is-plain.ts'

/** Throws `ApiMisuse` for positional values that are not a list, and for keywords that are not a plain object. */
export function checkPayload(where: string, args: unknown, kwargs: unknown): void {
  if (args !== undefined && !Array.isArray(args))
    throw new ApiMisuse(`the positional values of ${where} must be a list, such as [${shownValue(args)}], and not ${shownValue(args)}`)
  if (kwargs !== undefined && !isPlain(kwargs))
    throw new ApiMisuse(`the keywords of ${where} must be a plain object, and not ${shownValue(kwargs)}`)
}
