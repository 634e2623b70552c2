import { describe, expect, it } from 'vitest'
import { InProcessBus } from '../../src/bus/in-process-bus.ts'
import type { ClosableBus } from '../../src/bus/linked-bus.ts'
import { quiet } from '../application/memory-link.ts'
import { testBus } from './bus-suite.ts'

testBus('in process', async () => {
  const place = new InProcessBus({ onError: () => undefined })
  const buses: ClosableBus[] = []
  return {
    connect: async () => {
      const bus = place.connect()
      buses.push(bus)
      return { bus, caughtUp: async () => undefined }
    },
    end: async () => {
      for (const bus of buses) await bus.close()
    },
  }
})

describe('InProcessBus', () => {
  it('does not join what two of them connect', async () => {
    const got: string[] = []
    const receiver = new InProcessBus().connect()
    await receiver.subscribe('>', (_, subject) => got.push(subject))
    await new InProcessBus().connect().publish('a', new Uint8Array(1))
    await quiet()
    expect(got).toEqual([])
  })

  it('lets participants leave: they get nothing, and everything that they ask for rejects', async () => {
    const place = new InProcessBus()
    const [one, other] = [place.connect(), place.connect()]
    const got: string[] = []
    await other.subscribe('>', (_, subject) => got.push(subject))
    const published = one.publish('a', new Uint8Array(1))
    await other.close()
    await other.close()
    await published
    await quiet()
    expect({ got, isConnected: other.isConnected }).toEqual({ got: [], isConnected: false })
    const closed = { name: 'BusError', reason: 'unreachable', message: 'the bus is closed' }
    await expect(other.publish('a', new Uint8Array(1))).rejects.toMatchObject(closed)
    await expect(other.subscribe('a', () => undefined)).rejects.toMatchObject(closed)
  })

  it('reports what handlers throw, also through promises', async () => {
    const errors: string[] = []
    const place = new InProcessBus({ onError: ({ message }) => errors.push(message) })
    const bus = place.connect()
    await bus.subscribe('a', () => {
      throw new Error('thrown')
    })
    await bus.subscribe('a', (async () => Promise.reject(new Error('rejected'))) as never)
    await place.connect().publish('a', new Uint8Array(1))
    await quiet()
    expect(errors).toEqual(['thrown', 'rejected'])
  })

  it('shares the octets with all handlers', async () => {
    const place = new InProcessBus()
    const octets = Uint8Array.of(1, 2)
    const got: unknown[] = []
    for (const bus of [place.connect(), place.connect()]) await bus.subscribe('a', each => got.push(each))
    await place.connect().publish('a', octets)
    await quiet()
    expect(got.map(each => each === octets)).toEqual([true, true])
  })

  it('refuses options that do not exist', () => {
    expect(() => new InProcessBus({ onerror: () => undefined } as object)).toThrow('did you mean onError?')
  })
})
