import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { AllKept, Kept, type KeptEnd, type Maker } from '../../src/client/kept.ts'
import { WampError } from '../../src/session/wamp-error.ts'
import { joined } from '../fixtures/router-script.ts'

describe('Kept', () => {
  it('takes back what is made after it has ended', async () => {
    const { session } = await joined()
    const { kept, make, unmade, ends } = keeping()
    const making = kept.make(session)
    await kept.end()
    make(5)
    await making
    expect(unmade).toEqual([5])
    expect(ends).toEqual([{}])
    expect(kept.isActive).toBe(false)
    await expect(kept.ready).rejects.toMatchObject({ mayHaveRun: false })
  })

  it('ends where it cannot be made for the first time', async () => {
    const { session } = await joined()
    const { kept, fail, ends, all } = keeping()
    const making = kept.make(session)
    const error = new WampError('wamp.error.not_authorized')
    fail(error)
    expect(await making).toBeUndefined()
    await expect(kept.ready).rejects.toBe(error)
    expect(ends).toEqual([{ failure: { error } }])
    expect(all.size).toBe(0)
  })

  it('says why it cannot be made again, and stays', async () => {
    const { session } = await joined()
    const { kept, make, fail, ends } = keeping()
    const first = kept.make(session)
    make(5)
    await first
    expect(kept).toMatchObject({ id: 5, isActive: true, hasBeenMade: true })
    const again = kept.make(session)
    fail(new WampError('wamp.error.not_authorized'))
    expect(await again).toMatchObject({ uri: 'wamp.error.not_authorized' })
    expect(ends).toEqual([])
  })

  it('is active only while its session is open', async () => {
    const { session, router } = await joined()
    const { kept, make, unmade } = keeping()
    const making = kept.make(session)
    make(5)
    await making
    router.loses()
    expect(kept).toMatchObject({ id: undefined, isActive: false })
    await kept.end()
    expect(unmade).toEqual([])
  })
})

describe('AllKept', () => {
  it('has at most a hundred requests under way when it restores', async () => {
    const { session } = await joined()
    const all = new AllKept(new FakeClock(), 1000, () => {})
    let [underway, most] = [0, 0]
    const maker: Maker = {
      make: async () => {
        most = Math.max(most, ++underway)
        await Promise.resolve()
        underway--
        return { id: 1, unmake: async () => {} }
      },
      ended: () => {},
    }
    for (let n = 0; n < 250; n++) all.add(new Kept('subscription', `topic.${n}`, all, maker), undefined)
    await all.restore(session)
    expect(most).toBe(100)
  })
})

function keeping() {
  const outcomes: { resolve(id: number): void; reject(error: unknown): void }[] = []
  const unmade: number[] = []
  const ends: KeptEnd[] = []
  const all = new AllKept(new FakeClock(), 1000, () => {})
  const kept = new Kept('registration', 'com.example', all, {
    make: async () => {
      const id = await new Promise<number>((resolve, reject) => outcomes.push({ resolve, reject }))
      return { id, unmake: async () => void unmade.push(id) }
    },
    ended: end => ends.push(end),
  })
  all.add(kept, undefined)
  return {
    kept,
    all,
    unmade,
    ends,
    make: (id: number) => outcomes.shift()!.resolve(id),
    fail: (error: unknown) => outcomes.shift()!.reject(error),
  }
}
