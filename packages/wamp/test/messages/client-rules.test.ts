import { expect, it } from 'vitest'
import { clientRule } from '../../src/messages/client-rules.ts'
import { messageRule } from '../../src/messages/message-table.ts'
import { MessageType } from '../../src/messages/message-type.ts'

const codes = Object.values(MessageType)

it('has every message, with the elements and the payload of the table', () => {
  const shape = (rule: ReturnType<typeof messageRule>) => [rule?.name, rule?.elements.map(({ name }) => name), rule?.hasPayload]
  expect(codes.map(code => shape(clientRule(code)))).toEqual(codes.map(code => shape(messageRule(code))))
})

it('has the rules of the table for what a router sends', () => {
  for (const code of codes.filter(code => messageRule(code)!.isFromRouter)) {
    const rules = [messageRule(code)!, clientRule(code)!].map(({ elements, ...rest }) => [
      rest,
      elements.map(({ keys, kind, ...element }) => [element, kind.wanted, Object.entries(keys).map(([key, kind]) => [key, kind.wanted])]),
    ])
    expect(rules[1]).toEqual(rules[0])
  }
})

it('has nothing for other codes', () => {
  expect([0, 7, '48', undefined, 'length'].map(clientRule)).toEqual(new Array(5).fill(undefined))
})
