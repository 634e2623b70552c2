import { describe, expect, it } from 'vitest'
import { createRouter } from '../../src/node/create-router.ts'
import { localClient } from '../../src/node/local-client.ts'

describe('the application in the process of its router', () => {
  it('joins without proving anything, and may do everything', async () => {
    const router = createRouter({ realms: { realm1: { auth: {}, roles: {} } } })
    const client = await localClient(router, { realm: 'realm1', authid: 'app', authrole: 'backend' })
    await client.register('com.example.add', ({ args: [a, b] }) => (a as number) + (b as number))
    expect(await client.call('com.example.add', [2, 3])).toBe(5)
    expect(await client.untyped.call('wamp.session.list')).toHaveLength(1)
    expect(client.session).toMatchObject({ authid: 'app', authrole: 'backend' })
    await client.close()
    await router.close()
  })

  it('is told where there is no such realm', async () => {
    await expect(localClient(createRouter(), { realm: 'nope' })).rejects.toThrow('no_such_realm')
  })
})
