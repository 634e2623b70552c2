import { afterEach, describe, expect, it } from 'vitest'
import { InProcessBus } from '../../src/bus/in-process-bus.ts'
import type { ClosableBus } from '../../src/bus/linked-bus.ts'
import { webText } from '../../src/bytes/text.ts'
import { type RollMessage, writeRollMessage } from '../../src/channels/presence-message.ts'
import { type CountedRoom, RollCall } from '../../src/channels/roll-call.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { quiet } from '../application/memory-link.ts'

const stranger = 'fedcba9876543210'

describe('RollCall', () => {
  let clock = new FakeClock()
  const place = new InProcessBus()
  const buses: ClosableBus[] = []
  afterEach(async () => {
    for (const bus of buses.splice(0)) await bus.close()
    clock = new FakeClock()
  })

  function rollCall(bus = connect()): RollCall {
    return new RollCall(bus, (callback, delay) => clock.schedule(callback, delay))
  }

  function connect(): ClosableBus {
    const bus = place.connect()
    buses.push(bus)
    return bus
  }

  /** Notes what processes tell each other. */
  async function noted(): Promise<readonly object[]> {
    const got: object[] = []
    await connect().subscribe('=processes', octets => got.push(JSON.parse(webText.decode(octets))))
    return got
  }

  async function say(message: RollMessage | string): Promise<void> {
    const octets = typeof message === 'string' ? webText.encode(message) : writeRollMessage(message, webText)
    await connect().publish('=processes', octets)
    await quiet()
  }

  async function beats(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      clock.advance(5000)
      await quiet()
    }
  }

  it('says that there are members here with the first of them, every 5 s, and when there are none any more', async () => {
    const got = await noted()
    const one = rollCall()
    const [a, b] = [new FakeRoom(), new FakeRoom()]
    one.enter('a', a)
    one.enter('b', b)
    await quiet()
    await beats(2)
    one.leave('a', a)
    one.leave('b', b)
    await quiet()
    await beats(2)
    expect(got).toEqual([{ here: one.process }, { here: one.process }, { here: one.process }, { gone: one.process }])
  })

  it('asks for nothing and sets no timer a minute after the last member and question', async () => {
    const one = rollCall()
    const room = new FakeRoom()
    one.enter('a', room)
    one.leave('a', room)
    await beats(11)
    expect(clock.pending).toBe(1)
    await beats(1)
    expect(clock.pending).toBe(0)
  })

  it('waits for the whole time while others may be there that it has not heard of, and for the known ones after that', async () => {
    const [one, other] = [rollCall(), rollCall()]
    one.enter('a', new FakeRoom(2))
    other.enter('a', new FakeRoom(3, ['x', 'y', 'z']))
    await quiet()
    let isOver = false
    const first = one.census('a', 1, undefined).finally(() => (isOver = true))
    await quiet()
    expect(isOver).toBe(false)
    clock.advance(1000)
    const wanted = {
      size: 5,
      processes: [
        { process: one.process, size: 2, members: [] },
        { process: other.process, size: 3, members: ['x', 'y', 'z'] },
      ],
      silent: [],
      isComplete: true,
    }
    expect(await first).toEqual(wanted)
    await beats(2)
    expect(await one.census('a', 1, undefined)).toEqual(wanted)
    expect((await one.census('b', 1, undefined)).size).toBe(0)
  })

  it('counts a room that the bus does not pass messages to', async () => {
    const census = rollCall().census('a', 1, new FakeRoom(2))
    await quiet()
    clock.advance(1000)
    expect(await census).toMatchObject({ size: 2, isComplete: true })
  })

  it('names those that have not answered in time, until they have been silent for 15 s; then tells the rooms that they are lost', async () => {
    const one = rollCall()
    const room = new FakeRoom()
    one.enter('a', room)
    await quiet()
    await say({ here: stranger })
    await beats(2)
    const census = one.census('a', 1, undefined)
    await quiet()
    clock.advance(1000)
    expect(await census).toMatchObject({ size: 1, silent: [stranger], isComplete: false })
    await say({ here: stranger })
    await beats(3)
    expect(room.lost).toEqual([])
    await beats(1)
    expect(room.lost).toEqual([stranger])
    expect(await one.census('a', 1, undefined)).toMatchObject({ silent: [], isComplete: true })
  })

  it('forgets those that say that they have no members any more', async () => {
    const one = rollCall()
    const room = new FakeRoom()
    one.enter('a', room)
    await quiet()
    await say({ here: stranger })
    await say({ gone: stranger })
    await beats(5)
    expect({ lost: room.lost, silent: (await one.census('a', 1, undefined)).silent }).toEqual({ lost: [], silent: [] })
  })

  it('says that a census is not complete where the bus is not connected', async () => {
    const bus = connect()
    const away = {
      isConnected: false,
      publish: () => Promise.reject(new Error('away')),
      subscribe: (...given: Parameters<ClosableBus['subscribe']>) => bus.subscribe(...given),
    }
    const census = new RollCall(away, (callback, delay) => clock.schedule(callback, delay)).census('a', 1, new FakeRoom(2))
    await quiet()
    clock.advance(1000)
    expect(await census).toMatchObject({ size: 2, isComplete: false })
  })

  it('rejects where the bus refuses the answers, and asks again the next time', async () => {
    const bus = connect()
    let refuses = true
    const strict = {
      isConnected: true,
      publish: bus.publish.bind(bus),
      subscribe: async (...given: Parameters<ClosableBus['subscribe']>) => {
        if (refuses) throw new Error('refused')
        return bus.subscribe(...given)
      },
    }
    const one = new RollCall(strict, (callback, delay) => clock.schedule(callback, delay))
    await expect(one.census('a', 1, undefined)).rejects.toThrow('refused')
    refuses = false
    const census = one.census('a', 1, undefined)
    await quiet()
    clock.advance(1000)
    expect(await census).toMatchObject({ size: 0, isComplete: true })
  })

  it('reports what it cannot read, and goes on', async () => {
    const one = rollCall()
    const room = new FakeRoom()
    one.enter('a', room)
    await quiet()
    for (const text of ['', '{', '5', '{"here":7}', '{"here":"short"}', '{"question":-1,"from":"fedcba9876543210","subject":"a"}'])
      await say(text)
    await say({ here: stranger })
    expect(room.errors).toEqual(Array(6).fill('what came over the bus is not a message about members'))
  })

  it('takes no more than 1,000 censuses at once', async () => {
    const one = rollCall()
    const all = Array.from({ length: 1000 }, () => one.census('a', 1, undefined))
    await expect(one.census('a', 1, undefined)).rejects.toMatchObject({ name: 'ApiMisuse' })
    await quiet()
    clock.advance(1000)
    expect((await Promise.all(all)).length).toBe(1000)
  })

  it('is one for each bus', () => {
    const [one, other] = [connect(), connect()]
    const first = RollCall.on(one)
    expect(RollCall.on(one)).toBe(first)
    expect(RollCall.on(other)).not.toBe(first)
  })
})

class FakeRoom implements CountedRoom {
  readonly lost: string[] = []
  readonly errors: string[] = []
  readonly size: number
  readonly #descriptions: readonly unknown[]

  constructor(size = 1, descriptions: readonly unknown[] = []) {
    this.size = size
    this.#descriptions = descriptions
  }

  described(most: number): readonly unknown[] {
    return this.#descriptions.slice(0, most)
  }

  processLost(process: string): void {
    this.lost.push(process)
  }

  failed(thrown: unknown): void {
    this.errors.push((thrown as Error).message)
  }
}
