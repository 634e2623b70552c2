import { describe, expect, it } from 'vitest'
import { WampServerFactory } from '../../src/v1/application/server-factory.ts'
import { SessionWork } from '../../src/workload/session-work.ts'

describe('SessionWork', () => {
  it('takes one message of any size, and others up to its limit', () => {
    const work = new SessionWork(factory(100, 1000))
    expect(work.isAboveLimit(500)).toBe(false)
    const first = work.begin(60)
    expect([work.isAboveLimit(40), work.isAboveLimit(41)]).toEqual([false, true])
    work.end(first)
    work.end(first)
    expect(work.isAboveLimit(500)).toBe(false)
  })

  it('counts for its factory together with other sessions', () => {
    const shared = factory(1000, 100)
    const [one, other] = [new SessionWork(shared), new SessionWork(shared)]
    const work = one.begin(60)
    expect([other.isFactoryAboveLimit(40), other.isFactoryAboveLimit(41)]).toEqual([false, true])
    one.end(work)
    expect(other.isFactoryAboveLimit(100)).toBe(false)
    expect(new SessionWork(factory(1000, 100)).isFactoryAboveLimit(100)).toBe(false)
  })

  it('goes on counting for the factory once its connection is gone, until it is done', () => {
    const shared = factory(100, 100)
    const [gone, other] = [new SessionWork(shared), new SessionWork(shared)]
    const work = gone.begin(60)
    gone.closed()
    expect([gone.isAboveLimit(500), other.isFactoryAboveLimit(41)]).toEqual([false, true])
    gone.end(work)
    gone.end(work)
    expect(other.isFactoryAboveLimit(100)).toBe(false)
  })
})

function factory(maxSessionWorkSize: number, maxWorkSize: number): WampServerFactory {
  return new WampServerFactory(undefined, { wamp: { maxSessionWorkSize, maxWorkSize } })
}
