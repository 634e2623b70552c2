import { describe, expect, it } from 'vitest'
import { messageRule } from '../../src/messages/message-table.ts'
import { MessageType as T } from '../../src/messages/message-type.ts'
import { misuse } from '../../src/serializers/misuse.ts'

const result = messageRule(T.RESULT)

describe('misuse', () => {
  it('names the class of an object, where it has a name', () => {
    const nameless = new (class {})()
    expect(misuse([T.RESULT, 1, {}, { args: [nameless], kwargs: {} }], result)).toMatchObject({
      message: expect.stringMatching(/^args\[0\] is an object of a class/),
    })
  })

  it('tells of a value that was wrong a moment ago', () => {
    expect(misuse([T.RESULT, 1, {}, { args: [1], kwargs: {} }], result)).toMatchObject({
      name: 'ApiMisuse',
      message: 'a value of RESULT changed while it was written',
    })
  })
})
