import { PermissionViolationError } from '@nats-io/transport-node'
import { describe, expect, it } from 'vitest'
import { OrderedReader } from '../../src/history/ordered-reader.ts'

describe('OrderedReader', () => {
  it('reads on behind the last message where a delivery is missing', async () => {
    const nats = new FakeNats()
    await nats.reader.started
    nats.deliver(1, 10)
    nats.deliver(3, 12)
    await settled()
    nats.deliver(1, 11)
    expect({ got: nats.got, from: nats.made.map(({ from }) => from), removed: nats.removed }).toEqual({
      got: [10, 11],
      from: [5, 11],
      removed: ['c1'],
    })
  })

  it('reads on where a sign of life says that a delivery was lost, and does nothing where none was', async () => {
    const nats = new FakeNats()
    await nats.reader.started
    nats.deliver(1, 10)
    nats.live(1)
    expect(nats.made).toHaveLength(1)
    nats.live(2)
    await settled()
    expect(nats.made.map(({ from }) => from)).toEqual([5, 11])
  })

  it('makes another consumer where nothing was heard for more than 4 s', async () => {
    const nats = new FakeNats()
    await nats.reader.started
    nats.now += 4000
    nats.reader.check()
    nats.live(0)
    nats.now += 4000
    nats.reader.check()
    expect(nats.made).toHaveLength(1)
    nats.now += 1
    nats.reader.check()
    await settled()
    expect(nats.made).toHaveLength(2)
    expect(nats.aliveAt).toEqual([0, 4000])
  })

  it('tries again where no consumer can be made, and drops what comes for earlier attempts', async () => {
    const nats = new FakeNats([new Error('no leader'), new Error('no leader')])
    await settled()
    nats.runLater()
    await settled()
    nats.runLater()
    await nats.reader.started
    nats.deliver(1, 10, 0)
    nats.deliver(1, 10, 2)
    expect({ got: nats.got, delays: nats.delays }).toEqual({ got: [10], delays: [500, 500] })
  })

  it('stops where the first consumer is refused, and tries again where a later one is', async () => {
    const refusal = new PermissionViolationError('no', 'publish', 'x')
    const refused = new FakeNats([refusal])
    await expect(refused.reader.started).rejects.toMatchObject({ name: 'BusError', reason: 'refused' })
    expect(refused.events).toEqual(['refused'])
    const later = new FakeNats([undefined, refusal])
    await later.reader.started
    later.reader.restart()
    await settled()
    expect({ events: later.events, delays: later.delays }).toEqual({ events: ['failed'], delays: [5000] })
  })

  it('removes its consumer when it is stopped, also one that was not there yet', async () => {
    const nats = new FakeNats()
    await nats.reader.started
    nats.reader.restart()
    nats.reader.stop()
    await settled()
    nats.deliver(1, 10)
    nats.reader.restart()
    await settled()
    expect({ removed: nats.removed, got: nats.got, made: nats.made.length }).toEqual({ removed: ['c1'], got: [], made: 1 })
  })
})

/** The part of NATS that a reader sees, in the hands of the test. */
class FakeNats {
  readonly made: { readonly from: number }[] = []
  readonly removed: string[] = []
  readonly got: number[] = []
  readonly events: string[] = []
  readonly delays: number[] = []
  readonly aliveAt: number[] = []
  now = 0
  readonly reader: OrderedReader
  readonly #callbacks: ((error: Error | null, message: never) => void)[] = []
  readonly #later: (() => void)[] = []

  /** `failures` are the errors of the first consumers. */
  constructor(failures: (Error | undefined)[] = []) {
    const source = {
      subscribe: (callback: (error: Error | null, message: never) => void) => {
        this.#callbacks.push(callback)
        return { name: `inbox${this.#callbacks.length}`, subscription: { unsubscribe: () => undefined } as never }
      },
      consume: async (_filter: string, from: number) => {
        const failure = failures.shift()
        if (failure !== undefined) throw failure
        this.made.push({ from })
        return `c${this.made.length}`
      },
      remove: (consumer: string) => void this.removed.push(consumer),
      later: (callback: () => void, delay: number) => {
        this.delays.push(delay)
        this.#later.push(callback)
      },
      now: () => this.now,
    }
    this.reader = new OrderedReader(source, 'a', {
      begin: async (next, aliveAt) => {
        this.aliveAt.push(aliveAt)
        return next ?? 5
      },
      message: ({ sequence }) => this.got.push(sequence),
      refused: () => this.events.push('refused'),
      failed: () => this.events.push('failed'),
    })
  }

  deliver(delivery: number, sequence: number, attempt = this.#callbacks.length - 1): void {
    const message = { subject: 'a', data: new Uint8Array(1), reply: `$JS.ACK.s.c.1.${sequence}.${delivery}.1000000.0` }
    this.#callbacks[attempt]?.(null, message as never)
  }

  /** Delivers a sign of life. */
  live(delivery: number): void {
    this.#callbacks.at(-1)?.(null, {
      subject: 'inbox',
      data: new Uint8Array(0),
      headers: new Map([['Nats-Last-Consumer', `${delivery}`]]),
    } as never)
  }

  runLater(): void {
    for (const callback of this.#later.splice(0)) callback()
  }
}

function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
