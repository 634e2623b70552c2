import { expect, it } from 'vitest'
import { jsonChecks } from '../../src/conversation/json-checks.ts'

it('names what is wrong with options and with a schema', () => {
  expect(jsonChecks.options()).toEqual({})
  expect(() => jsonChecks.options({ onRefuse: 1 } as never)).toThrow('did you mean onRefused?')
  expect(() => jsonChecks.schema({}, 'receiveJson')).toThrow('the schema of receiveJson must have the interface of Standard Schema')
})
