import { expect, it } from 'vitest'
import * as codes from '../../src/messages/message-codes.ts'
import { messageRule } from '../../src/messages/message-table.ts'

it('has the code of each message under its name', () => {
  const names = Object.entries(codes).map(([name, code]) => [name, messageRule(code)?.name])
  expect(names).toHaveLength(24)
  expect(names.filter(([name, ofRule]) => name !== ofRule)).toEqual([])
})
