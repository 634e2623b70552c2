import { expect, it } from 'vitest'
import { checkConnectOptions } from '../../src/browser/connect-checks.ts'

it('refuses what connect does not take, and lets everything else pass', () => {
  expect(() => checkConnectOptions({ realm: 'a', transport: 5 } as never)).toThrow('option transport must be an object of options')
  expect(() => checkConnectOptions({ realm: 'a', serialisers: [] } as never)).toThrow('did you mean serializers?')
  expect(() => checkConnectOptions({ realm: 'a', heartbeat: 0, auth: [], transport: {} })).not.toThrow()
})
