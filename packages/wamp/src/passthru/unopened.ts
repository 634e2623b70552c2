import type { Message } from '../messages/message.ts'
import { MessageType } from '../messages/message-type.ts'
import { payloadOf } from '../messages/payload.ts'
import type { FilteredSession } from '../session/message-filter.ts'
import type { WampError } from '../session/wamp-error.ts'

/**
 * Returns the message to take in place of one whose payload cannot be opened: a result becomes an error of its call. `undefined` for a call, which is
 * answered with the error, and for an event; both are told to `onError`.
 */
export function unopened(message: Message, error: WampError, session: FilteredSession): Message | undefined {
  const { ERROR, CALL, EVENT, INVOCATION, RESULT } = MessageType
  const payload = payloadOf(error.args, error.kwargs)
  switch (message[0]) {
    case RESULT:
      return [ERROR, CALL, message[1], {}, error.uri, payload]
    case ERROR:
      return [ERROR, message[1], message[2], {}, error.uri, payload]
    case INVOCATION:
      session.noteError(error)
      session.send([ERROR, INVOCATION, message[1], {}, error.uri, payload])
      return undefined
    case EVENT:
      session.noteError(error)
  }
  return undefined
}
