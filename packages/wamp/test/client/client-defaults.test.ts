import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { clientDefaults } from '../../src/client/client-defaults.ts'
import { clientSettings } from '../../src/client/client-options.ts'

it('has the defaults of the settings, by the same names', () => {
  expect(clientDefaults).toEqual(defaultsOf(clientSettings))
})
