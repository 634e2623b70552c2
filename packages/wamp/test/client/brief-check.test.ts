import { optionCheck, trueOrFalse } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { briefCheck } from '../../src/client/brief-check.ts'

const table = { retain: trueOrFalse, buffer: optionCheck('a whole number', Number.isSafeInteger) }

it.each([
  [5, 'the options of publish must be an object, and not 5'],
  [new Date(0), 'the options of publish must be an object, and not [object Date]'],
  [null, 'the options of publish must be an object, and not null'],
  [{ retian: true }, 'there is no option retian of publish; there are retain, buffer'],
  [{ constructor: true }, 'there is no option constructor of publish'],
  [{ retain: 1 }, 'option retain must be true or false, and not 1'],
])('refuses %j', (given, message) => {
  expect(() => briefCheck(given, table, 'publish')).toThrow(
    expect.objectContaining({ name: 'ApiMisuse', message: expect.stringContaining(message) }),
  )
})

it('takes options that fit, and those that are not set', () => {
  expect(() => briefCheck({ retain: true, buffer: undefined }, table, 'publish')).not.toThrow()
})
