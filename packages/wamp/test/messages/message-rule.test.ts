import { describe, expect, it } from 'vitest'
import { dictionary, element, fromBoth, fromClient, fromRouter, optional } from '../../src/messages/message-rule.ts'
import { flag, id, text } from '../../src/messages/value-kinds.ts'

describe('the rules of a message', () => {
  it('say who sends it, and whether it has a payload', () => {
    const rules = [fromClient(48, 'CALL', [], 'payload'), fromRouter(50, 'RESULT', []), fromBoth(8, 'ERROR', [])]
    expect(rules.map(({ code, isFromClient, isFromRouter, hasPayload }) => [code, isFromClient, isFromRouter, hasPayload])).toEqual([
      [48, true, false, true],
      [50, false, true, false],
      [8, true, true, false],
    ])
  })

  it('count the elements that have to be there', () => {
    expect(fromClient(48, 'CALL', [element('Request', id), optional(element('Options', flag))]).requiredLength).toBe(1)
  })

  it('find no key of the prototype', () => {
    const { keys, required } = dictionary<{ a?: string }>('Details', { a: text }, ['a'])
    expect([keys.a, keys.constructor, required]).toEqual([text, undefined, ['a']])
  })
})
