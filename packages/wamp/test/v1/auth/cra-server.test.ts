import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { CraServer } from '../../../src/v1/auth/cra-server.ts'

describe('CraServer', () => {
  it('treats a secret that is empty or not a string as missing', async () => {
    for (const secret of [undefined, null, '', 7, Object, new Uint8Array(8)]) {
      await expect(make(secret).request('key', {})).rejects.toMatchObject({ uri: 'http://api.wamp.ws/error#no-such-authkey' })
    }
  })

  it('accepts another request after one that failed', async () => {
    const server = make('secret', false)
    await expect(server.request(null, {})).rejects.toMatchObject({ uri: 'http://api.wamp.ws/error#anonymous-auth-forbidden' })
    expect(await server.request('key', undefined)).toMatch(/"permissions":\{"rpc":\[\],"pubsub":\[\]\}/)
  })

  it('takes no other request while one is being looked up', async () => {
    const server = make('secret')
    const outcomes = await Promise.allSettled([server.request('key', {}), server.request('key', {}), server.authenticate('x')])
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { reason: { uri: 'http://api.wamp.ws/error#authentication-already-requested' } },
      { reason: { uri: 'http://api.wamp.ws/error#no-authentication-requested' } },
    ])
  })

  it('gives each challenge another id', async () => {
    const ids = new Set<string>()
    for (let i = 0; i < 50; i++) ids.add(JSON.parse((await make('secret').request('key', {})) ?? '').authid)
    expect(ids.size).toBe(50)
  })
})

function make(secret: unknown, clientAuthAllowAnonymous = true): CraServer {
  const hooks = {
    clientAuthAllowAnonymous,
    getAuthSecret: () => Promise.resolve(secret as string),
    getAuthPermissions: () => undefined,
    onAuthenticated: () => undefined,
  }
  return new CraServer(hooks, {
    sessionId: 'id',
    closed: new Promise(() => undefined),
    closeInfo: undefined,
    clock: new FakeClock(),
    note: () => undefined,
    expired: () => undefined,
    keepRegistrations: () => () => undefined,
  })
}
