import { memoryRouter } from '@autobahn-ts/router/testing'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { joined } from '../../src/testing/joined.ts'
import type { MessageTransport } from '../../src/transports/message-transport.ts'

it('joined connects a client to a router in the same process', async () => {
  const clock = new FakeClock()
  const { router } = memoryRouter({ clock })
  const dialled: MessageTransport[] = []
  const client = await joined({ router, clock, onDial: transport => dialled.push(transport) })
  expect(client.session?.realm).toBe('realm1')
  expect(dialled).toHaveLength(1)
  const counting = client.call('wamp.session.count')
  await clock.settle()
  expect(await counting).toBe(1)
})

it('joined rejects as connect does', async () => {
  const clock = new FakeClock()
  const { router } = memoryRouter({ clock })
  await expect(joined({ router, clock, realm: 'nowhere' })).rejects.toMatchObject({ name: 'JoinRefused', uri: 'wamp.error.no_such_realm' })
  await expect(joined({ router, clock, relam: 'x' } as never)).rejects.toThrow('did you mean realm?')
})
