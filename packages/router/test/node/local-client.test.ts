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

  it('is told what is wrong about a router that is not one, and about options', async () => {
    const router = createRouter()
    for (const [given, options, message] of [
      [undefined, { realm: 'realm1' }, 'localClient needs a router of createRouter, and not undefined'],
      [{}, { realm: 'realm1' }, 'localClient needs a router of createRouter'],
      [router, undefined, 'the options of localClient must be an object'],
      [router, { realm: 'realm1', authrol: 'x' }, 'there is no option authrol of localClient; did you mean authrole?'],
      [router, { realm: 'realm1', authid: 5 }, 'option authid must be a string, and not 5'],
      [router, {}, 'option realm must be a URI'],
    ] as const)
      await expect(localClient(given as never, options as never)).rejects.toThrow(message)
  })

  it('is told where there is no such realm', async () => {
    await expect(localClient(createRouter(), { realm: 'nope' })).rejects.toThrow('no_such_realm')
  })
})
