import { checkOptions, optionCheck } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { wireOptions } from '../../src/client/wire-options.ts'

const flag = optionCheck('true or false', value => typeof value === 'boolean')
const table = { discloseMe: { ...flag, wire: 'disclose_me' }, local: flag }

it('wireOptions gives the names of the message, and leaves out what concerns this side alone', () => {
  expect(wireOptions<{ discloseMe?: boolean; local?: boolean }>({ discloseMe: true, local: true }, table, 'call', checkOptions)).toEqual({
    disclose_me: true,
  })
  expect(wireOptions<{ discloseMe?: boolean; local?: boolean }>(undefined, table, 'call', checkOptions)).toEqual({})
})

it.each([
  [{ discloseMy: true }, 'there is no option discloseMy of call; did you mean discloseMe?'],
  [{ discloseMe: 1 }, 'option discloseMe must be true or false, and not 1'],
  [5, 'the options of call must be an object'],
  ['', 'the options of call must be an object'],
  [null, 'the options of call must be an object'],
  [Object.create({ discloseMe: true }), 'option discloseMe is inherited'],
  [{ constructor: true }, 'there is no option constructor of call'],
])('wireOptions refuses %j', (given, message) => {
  expect(() => wireOptions<{ discloseMe?: boolean; local?: boolean }>(given as object, table, 'call', checkOptions)).toThrow(message)
})
