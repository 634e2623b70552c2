import { expect, it } from 'vitest'
import type { Message } from '../../src/messages/message.ts'
import { MessageType as T } from '../../src/messages/message-type.ts'
import { unopened } from '../../src/passthru/unopened.ts'
import { WampError } from '../../src/session/wamp-error.ts'

const error = new WampError('wamp.error.invalid_argument', ['it cannot be opened'])
const payload = { args: ['it cannot be opened'], kwargs: {} }

it.each<[string, Message, unknown, readonly unknown[]]>([
  ['a result becomes the error of its call', [T.RESULT, 1, {}], [T.ERROR, T.CALL, 1, {}, error.uri, payload], []],
  ['an error stays the error of its request', [T.ERROR, T.CALL, 1, {}, 'a'], [T.ERROR, T.CALL, 1, {}, error.uri, payload], []],
  ['a call is answered, and told', [T.INVOCATION, 1, 2, {}], undefined, [error, [T.ERROR, T.INVOCATION, 1, {}, error.uri, payload]]],
  ['an event is told', [T.EVENT, 1, 2, {}], undefined, [error]],
])('%s', (_, message, taken, done) => {
  const happened: unknown[] = []
  const session = { send: (each: unknown) => happened.push(each), noteError: (each: unknown) => happened.push(each) }
  const result = unopened(message, error, session)
  expect(plain(result)).toEqual(taken)
  expect(happened.map(plain)).toEqual(done)
})

/** Makes data of the payload of a message. */
function plain(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  return value.map((each: unknown) => {
    if (typeof each !== 'object' || each === null || !('args' in each)) return each
    const { args, kwargs } = each as typeof payload
    return { args, kwargs }
  })
}
