import { expect, it } from 'vitest'
import { messageRule } from '../../src/messages/message-table.ts'
import { MessageType as T } from '../../src/messages/message-type.ts'
import { payloadOf } from '../../src/messages/payload.ts'
import { writeCompactJson } from '../../src/serializers/compact-json-writer.ts'

it('writes messages as the specification shows them', () => {
  expect(write([T.CALL, 7814135, {}, 'com.myapp.user.new', payloadOf(['johnny'], { firstname: 'John' })])).toBe(
    '[48,7814135,{},"com.myapp.user.new",["johnny"],{"firstname":"John"}]',
  )
  expect(write([T.RESULT, 1, {}, payloadOf([], { a: 1 })])).toBe('[50,1,{},[],{"a":1}]')
  expect(write([T.UNREGISTERED, 0, { registration: 5 }])).toBe('[67,0,{"registration":5}]')
  expect(write([T.UNREGISTERED, 1, undefined])).toBe('[67,1]')
})

it('writes the values that JSON does not have, and lists with holes', () => {
  // biome-ignore lint/suspicious/noSparseArray: it is what an application may send
  const values = [new Uint8Array([0, 1, 2]), 2n ** 63n, -0, 1e20, undefined, [1, , 2], { a: undefined, b: null }]
  expect(write([T.RESULT, 1, {}, payloadOf(values)])).toBe(
    '[50,1,{},["\\u0000AAEC",9223372036854775808,-0.0,100000000000000000000.0,null,[1,null,2],{"b":null}]]',
  )
})

function write(message: Parameters<typeof writeCompactJson>[0] | readonly unknown[]): string {
  return writeCompactJson(message as Parameters<typeof writeCompactJson>[0], messageRule)
}
