import { memoryRouter } from '@autobahn-ts/router/testing'
import { ApiMisuse, nodeRuntime } from '@autobahn-ts/websocket'
import { expect, it } from 'vitest'
import { connectOver } from '../../src/node/connect-over.ts'

it('connects over a transport that the application makes', async () => {
  const { dial } = memoryRouter({ clock: nodeRuntime.clock })
  const client = await connectOver(() => dial(), { realm: 'realm1' })
  await client.register('com.example.add', ({ args: [a, b] }) => (a as number) + (b as number))
  expect(await client.call('com.example.add', [2, 3])).toBe(5)
  await client.close()
})

it('checks its options as connect does', async () => {
  await expect(connectOver(() => memoryRouter({ clock: nodeRuntime.clock }).dial(), {} as never)).rejects.toThrow(ApiMisuse)
})
