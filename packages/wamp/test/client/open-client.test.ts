import { checkOptions } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { partsAtHand } from '../../src/client/late-parts.ts'
import { openClient } from '../../src/client/open-client.ts'
import { AbleRouter } from '../fixtures/able-router.ts'

it('openClient completes the options with their defaults', async () => {
  const router = new AbleRouter(7)
  const client = await openClient({ dial: () => router, clock: new FakeClock(), checkRequest: checkOptions, late: partsAtHand }, {
    realm: 'realm1',
    agent: undefined,
  } as never)
  expect(client.session?.id).toBe(7)
  expect(router.sent[0]?.[2]).toMatchObject({ agent: 'autobahn-ts' })
})
