import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EncodingQueue } from '../../../src/protocol/sending/encoding-queue.ts'

describe('EncodingQueue', () => {
  it('encodes and writes synchronous jobs at once, and reports no event', () => {
    const { queue, log } = make()
    queue.add({ octets: 5, encode: () => void log.push('encode'), write: () => void log.push('write') })
    expect({ log, isBusy: queue.isBusy, octets: queue.octets }).toEqual({ log: ['encode', 'write'], isBusy: false, octets: 0 })
  })

  it('throws the error of a synchronous job to its caller, and accepts further jobs', () => {
    const { queue, log } = make()
    const failing = (): never => {
      throw new Error('misuse')
    }
    expect(() => queue.add({ octets: 5, encode: failing, write: () => void log.push('write') })).toThrow('misuse')
    expect(() => queue.add({ octets: 5, encode: () => undefined, write: failing })).toThrow('misuse')
    expect({ log, isBusy: queue.isBusy, octets: queue.octets }).toEqual({ log: [], isBusy: false, octets: 0 })
  })

  it('keeps the order, encodes one job at a time, and counts waiting octets, for any mix of fast and slow jobs', async () => {
    const job = fc.record({ octets: fc.integer({ min: 0, max: 1000 }), turns: fc.integer({ min: 0, max: 3 }), pause: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(job, { maxLength: 12 }), async jobs => {
        const { queue, log } = make()
        const written: number[] = []
        let encoding = 0
        let waiting = 0
        for (const [i, { octets, turns, pause }] of jobs.entries()) {
          const encode = (): undefined | Promise<void> => {
            expect(encoding).toBe(0)
            if (turns === 0) return undefined
            encoding++
            return after(turns).then(() => {
              encoding--
            })
          }
          waiting += octets
          queue.add({
            octets,
            encode,
            write: () => {
              written.push(i)
              waiting -= octets
            },
          })
          expect(queue.octets).toBe(waiting)
          if (pause) await after(1)
        }
        await after(100)
        expect(written).toEqual(jobs.map((_, i) => i))
        expect([queue.isBusy, queue.octets, log.filter(event => event !== 'written' && event !== 'idle')]).toEqual([false, 0, []])
        if (log.length > 0) expect(log.at(-1)).toBe('idle')
      }),
      { numRuns: 200 },
    )
  })

  it('tells when something was written that had waited, and when nothing waits any more', async () => {
    const { queue, log } = make()
    const first = deferred()
    const second = deferred()
    queue.add({ octets: 1, encode: () => first.promise, write: () => void log.push('first') })
    queue.add({ octets: 2, encode: () => undefined, write: () => void log.push('second') })
    queue.add({ octets: 3, encode: () => second.promise, write: () => void log.push('third') })
    expect({ log, octets: queue.octets }).toEqual({ log: [], octets: 6 })
    first.resolve()
    await after(2)
    expect({ log, isBusy: queue.isBusy, octets: queue.octets }).toEqual({ log: ['first', 'second', 'written'], isBusy: true, octets: 3 })
    second.resolve()
    await after(2)
    expect(log).toEqual(['first', 'second', 'written', 'third', 'written', 'idle'])
  })

  it('drops the jobs behind one that fails, reports the failure once, and accepts further jobs', async () => {
    const rejecting = (): Promise<void> => Promise.reject(new Error('broken'))
    const throwing = (): never => {
      throw new Error('broken')
    }
    for (const [encode, write] of [
      [rejecting, () => undefined],
      [() => after(1), throwing],
    ] as const) {
      const { queue, log } = make()
      queue.add({ octets: 1, encode, write })
      queue.add({ octets: 2, encode: () => undefined, write: () => void log.push('lost') })
      await after(5)
      expect({ log, isBusy: queue.isBusy, octets: queue.octets }).toEqual({ log: ['failed: broken'], isBusy: false, octets: 0 })
      queue.add({ octets: 3, encode: () => undefined, write: () => void log.push('goes on') })
      expect(log.at(-1)).toBe('goes on')
    }
  })

  it('reports a waiting job that throws when its turn comes', async () => {
    const { queue, log } = make()
    queue.add({ octets: 1, encode: () => after(1), write: () => void log.push('first') })
    queue.add({
      octets: 1,
      encode: () => {
        throw new Error('broken')
      },
      write: () => void log.push('lost'),
    })
    await after(5)
    expect({ log, isBusy: queue.isBusy }).toEqual({ log: ['first', 'failed: broken'], isBusy: false })
  })

  it('writes nothing of abandoned jobs, even when their promises settle later', async () => {
    for (const settle of ['resolve', 'reject'] as const) {
      const { queue, log } = make()
      const old = deferred()
      queue.add({ octets: 1, encode: () => old.promise, write: () => void log.push('old') })
      queue.add({ octets: 1, encode: () => undefined, write: () => void log.push('waiting') })
      queue.abandon()
      expect({ isBusy: queue.isBusy, octets: queue.octets }).toEqual({ isBusy: false, octets: 0 })
      const young = deferred()
      queue.add({ octets: 7, encode: () => young.promise, write: () => void log.push('young') })
      old[settle](new Error('too late'))
      await after(2)
      expect({ log, octets: queue.octets }).toEqual({ log: [], octets: 7 })
      young.resolve()
      await after(2)
      expect(log).toEqual(['young', 'written', 'idle'])
    }
  })

  it('is left empty by a write that abandons it', async () => {
    const { queue, log } = make()
    queue.add({ octets: 5, encode: () => after(1), write: () => queue.abandon() })
    queue.add({ octets: 6, encode: () => undefined, write: () => void log.push('waiting') })
    await after(5)
    expect({ log, isBusy: queue.isBusy, octets: queue.octets }).toEqual({ log: [], isBusy: false, octets: 0 })
  })

  it('is left empty by an encoder that abandons it, whether it throws or not', async () => {
    for (const throws of [false, true]) {
      const { queue, log } = make()
      const abandoning = (): void => {
        queue.abandon()
        if (throws) throw new Error('broken')
      }
      queue.add({ octets: 5, encode: () => after(1), write: () => undefined })
      queue.add({ octets: 6, encode: abandoning, write: () => void log.push('abandoned') })
      await after(5)
      expect({ log, isBusy: queue.isBusy, octets: queue.octets }).toEqual({ log: [], isBusy: false, octets: 0 })
    }
  })

  it('keeps jobs that a write adds after it has abandoned the queue', async () => {
    const { queue, log } = make()
    const young = deferred()
    queue.add({
      octets: 5,
      encode: () => after(1),
      write: () => {
        queue.abandon()
        queue.add({ octets: 7, encode: () => young.promise, write: () => void log.push('young') })
      },
    })
    await after(5)
    expect({ log, isBusy: queue.isBusy, octets: queue.octets }).toEqual({ log: [], isBusy: true, octets: 7 })
    young.resolve()
    await after(2)
    expect(log).toEqual(['young', 'written', 'idle'])
  })
})

function make(): { queue: EncodingQueue; log: string[] } {
  const log: string[] = []
  const queue = new EncodingQueue({
    jobWritten: () => void log.push('written'),
    queueEmptied: () => void log.push('idle'),
    encodingFailed: error => void log.push(`failed: ${(error as Error).message}`),
  })
  return { queue, log }
}

interface Deferred {
  readonly promise: Promise<void>
  resolve(): void
  reject(error: Error): void
}

function deferred(): Deferred {
  let resolve = (): void => {}
  let reject = (_error: Error): void => {}
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve: () => resolve(), reject: error => reject(error) }
}

/** So many turns of the microtask queue. */
async function after(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await undefined
}
