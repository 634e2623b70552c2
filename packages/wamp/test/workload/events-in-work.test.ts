import { describe, expect, it } from 'vitest'
import { WampClientFactory } from '../../src/v1/application/client-factory.ts'
import { EventsInWork } from '../../src/workload/events-in-work.ts'
import { SessionWork } from '../../src/workload/session-work.ts'

describe('EventsInWork', () => {
  it('counts an event until all of its handlers are done, also where they fail', async () => {
    const { events, work } = make()
    const [one, other] = [handler(), handler()]
    expect(events.begin([one.promise, other.promise], 60)).toBe(undefined)
    expect(work.isAboveLimit(41)).toBe(true)
    one.done()
    await settled()
    expect(work.isAboveLimit(41)).toBe(true)
    other.fail()
    await settled()
    expect(work.isAboveLimit(41)).toBe(false)
  })

  it('takes one event of any size and holds the reading above the limit, until handlers are done', async () => {
    const { events } = make()
    const [first, second] = [handler(), handler()]
    expect(events.begin([first.promise], 60)).toBe(undefined)
    const held = watched(events.begin([second.promise], 60))
    await settled()
    expect(held.isOver).toBe(false)
    first.done()
    await settled()
    expect(held.isOver).toBe(true)
  })

  it('lets the reading go on while a call waits for its answer, and as soon as one is made', async () => {
    const { events, calls } = make()
    const held = watched(events.begin([handler().promise], 150))
    await settled()
    expect(held.isOver).toBe(false)
    calls.areAwaited = true
    events.review()
    await settled()
    expect(held.isOver).toBe(true)
    expect(events.begin([handler().promise], 60)).toBe(undefined)
  })

  it('refuses an event above the limit of the factory, where the reading could not be held', () => {
    const { events, calls } = make()
    calls.areAwaited = true
    events.begin([handler().promise], 900)
    expect(() => events.begin([handler().promise], 200)).toThrow(
      expect.objectContaining({ closeCode: 1008, message: 'events whose handlers are not done take more than 1000 octets' }),
    )
  })

  it('holds nothing any more when the connection is gone', async () => {
    const { events, work } = make()
    const held = watched(events.begin([handler().promise], 150))
    work.closed()
    events.review()
    await settled()
    expect(held.isOver).toBe(true)
  })
})

function make() {
  const factory = new WampClientFactory('ws://test/', { wamp: { maxSessionWorkSize: 100, maxWorkSize: 1000 } })
  const work = new SessionWork(factory)
  const calls = { areAwaited: false }
  return { events: new EventsInWork(factory, work, () => calls.areAwaited), work, calls }
}

function handler(): { readonly promise: Promise<void>; done(): void; fail(): void } {
  let done: () => void = () => undefined
  let fail: () => void = () => undefined
  const promise = new Promise<void>((resolve, reject) => {
    done = resolve
    fail = () => reject(new Error('no'))
  })
  return { promise, done: () => done(), fail: () => fail() }
}

function watched(held: Promise<void> | void): { isOver: boolean } {
  const seen = { isOver: held === undefined }
  void Promise.resolve(held).then(() => {
    seen.isOver = true
  })
  return seen
}

async function settled(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
}
