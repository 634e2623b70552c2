import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { transportDefaults } from '../../src/transports/transport-defaults.ts'
import { transportSettings } from '../../src/transports/transport-settings.ts'

it('has the defaults of the settings, by the same names', () => {
  expect(transportDefaults).toEqual(defaultsOf(transportSettings))
})
