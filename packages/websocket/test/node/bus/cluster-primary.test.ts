import type { Cluster } from 'node:cluster'
import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { primaryBus } from '../../../src/node/bus/cluster-primary.ts'
import { quiet } from '../../application/memory-link.ts'

// Workers in a script: what real ones do is in cluster-bus.test.ts.
const cluster = Object.assign(new EventEmitter(), { settings: {} })
const errors: string[] = []
const bus = primaryBus(cluster as unknown as Cluster, { onError: ({ message }) => errors.push(message) })

describe('primaryBus', () => {
  it('reports messages of a worker that are not of the bus, wrong subjects and wrong patterns, and goes on', async () => {
    const worker = new ScriptedWorker(1)
    const got: unknown[] = []
    await bus.subscribe('a', octets => got.push(octets))
    worker.says('hello', {})
    worker.says('nonsense', {})
    worker.says('publish', { subject: 'a.*', octets: 'AAAA' })
    worker.says('ask', { pattern: 'a.>.b' })
    cluster.emit('message', worker, 'a message of others')
    worker.says('publish', { subject: 'a', octets: 'AAAA' })
    await quiet()
    expect({ got, errors: errors.splice(0) }).toEqual({
      got: [new Uint8Array(3)],
      errors: [
        'worker 1 sent what is not a message of the bus',
        'subject "a.*" has the token *, which only patterns may have',
        'pattern "a.>.b" has the token > before its end',
      ],
    })
  })

  it('lets a worker that takes too little miss messages, and reports it once until it takes them again', async () => {
    const worker = new ScriptedWorker(2)
    worker.says('hello', {})
    worker.says('ask', { pattern: 'large' })
    const octets = new Uint8Array(20 * 1024 * 1024)
    for (let i = 0; i < 6; i++) await bus.publish('large', octets)
    await quiet()
    expect({ delivered: worker.delivered, errors: errors.splice(0) }).toEqual({
      delivered: 3,
      errors: ['worker 2 is too slow, and misses messages of the bus'],
    })
    worker.takeAll()
    await bus.publish('large', octets)
    await quiet()
    expect({ delivered: worker.delivered, errors }).toEqual({ delivered: 4, errors: [] })
    worker.takeAll()
    cluster.emit('exit', worker)
    await bus.publish('large', octets)
    await quiet()
    expect(worker.delivered).toBe(4)
  })
})

/** A worker as the primary process sees it. */
class ScriptedWorker {
  readonly id: number
  delivered = 0
  readonly #waiting: ((error: null) => void)[] = []

  constructor(id: number) {
    this.id = id
  }

  says(kind: string, parameters: object): void {
    cluster.emit('message', this, { 'autobahn-ts:bus': kind, participant: 1, ...parameters })
  }

  isConnected(): boolean {
    return true
  }

  send(message: { readonly octets?: unknown }, _handle: unknown, _options: unknown, taken: (error: null) => void): void {
    if (message.octets !== undefined) this.delivered++
    this.#waiting.push(taken)
  }

  takeAll(): void {
    for (const taken of this.#waiting.splice(0)) taken(null)
  }
}
