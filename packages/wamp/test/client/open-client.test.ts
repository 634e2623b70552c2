import { optionCheck } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { checkClientOptions, openClient } from '../../src/client/open-client.ts'
import { AbleRouter } from '../fixtures/able-router.ts'

it('openClient completes the options with their defaults', async () => {
  const router = new AbleRouter(7)
  const client = await openClient({ dial: () => router, clock: new FakeClock() }, { realm: 'realm1', agent: undefined } as never)
  expect(client.session?.id).toBe(7)
  expect(router.sent[0]?.[2]).toMatchObject({ agent: 'autobahn-ts' })
})

it.each([
  [undefined, 'the options of connect must be an object'],
  [{}, 'option realm must be a URI, such as "realm1"'],
  [{ relam: 'x' }, 'did you mean realm?'],
  [{ realm: 'realm1', heartbeat: -1 }, 'option heartbeat must be a number of milliseconds'],
  [{ realm: 'realm1', mine: 5 }, 'option mine must be true'],
])('checkClientOptions refuses %j', (options, message) => {
  const more = { mine: optionCheck('true', value => value === true) }
  expect(() => checkClientOptions<{ mine?: true }>(options, more)).toThrow(message)
})
