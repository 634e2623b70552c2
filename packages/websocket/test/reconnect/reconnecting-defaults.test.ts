import { expect, it } from 'vitest'
import { defaultsOf } from '../../src/protocol/options/option-table.ts'
import { reconnectingDefaults } from '../../src/reconnect/reconnecting-defaults.ts'
import { reconnectingSettings } from '../../src/reconnect/reconnecting-options.ts'

it('has the defaults of the settings, by the same names', () => {
  expect(reconnectingDefaults).toEqual(defaultsOf(reconnectingSettings))
})
