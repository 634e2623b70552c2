import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { VerdictCache } from '../../src/program/verdict-cache.ts'

const allowed = { allow: true, disclose: false }
const user = { authid: 'ann', authrole: 'user' }

describe('the answers of an authorizer', () => {
  it('are kept for a minute, for one name, role, action, URI and match', async () => {
    const clock = new FakeClock()
    const cache = new VerdictCache(() => clock.now())
    let asked = 0
    const ask = async () => {
      asked++
      return allowed
    }
    for (let i = 0; i < 3; i++) await cache.get(user, 'call', 'com.a', 'exact', ask)
    expect(asked).toBe(1)
    await cache.get({ ...user, authrole: 'guest' }, 'call', 'com.a', 'exact', ask)
    await cache.get({ ...user, authid: 'ben' }, 'call', 'com.a', 'exact', ask)
    await cache.get(user, 'register', 'com.a', 'exact', ask)
    await cache.get(user, 'call', 'com.b', 'exact', ask)
    await cache.get(user, 'call', 'com.a', 'prefix', ask)
    expect(asked).toBe(6)
    clock.advance(60_000)
    await cache.get(user, 'call', 'com.a', 'exact', ask)
    expect(asked).toBe(7)
  })

  it('are asked once by all who wait, and not kept where they failed', async () => {
    const cache = new VerdictCache(() => 0)
    let asked = 0
    const fail = async () => {
      asked++
      throw new Error('the authorizer is gone')
    }
    const both = [1, 2].map(() => cache.get(user, 'call', 'com.a', 'exact', fail))
    for (const one of both) await expect(one).rejects.toThrow('gone')
    expect(asked).toBe(1)
    expect(await cache.get(user, 'call', 'com.a', 'exact', async () => allowed)).toEqual(allowed)
  })

  it('are kept for 10,000 questions', async () => {
    const cache = new VerdictCache(() => 0)
    for (let i = 0; i < 10_100; i++) await cache.get(user, 'call', `com.a${i}`, 'exact', async () => allowed)
    expect(cache.size).toBe(10_000)
  })
})
