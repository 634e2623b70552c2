import { type ErrorMessage, type Id, MessageType, type Uri } from '@autobahn-ts/wamp/protocol'
import { noDetails } from './passthru.ts'

/** Makes the ERROR that answers a request. `text` is one sentence for people, and stands in `Arguments`. */
export function refusal(requestType: number, request: Id, error: Uri, text?: string): ErrorMessage {
  const payload = text === undefined ? undefined : { args: [text], kwargs: {} }
  return [MessageType.ERROR, requestType, request, noDetails, error, payload]
}
