import { describe, expect, it } from 'vitest'
import { MessageIterator } from '../../src/conversation/message-iterator.ts'
import { MessageQueue } from '../../src/conversation/message-queue.ts'
import { receiveFrom } from '../../src/conversation/pending-receive.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { raisesNothingUnhandled } from './talk.ts'

raisesNothingUnhandled()

const clock = new FakeClock()
const MiB = 1024 * 1024
const end = { error: new ConnectionClosed(1000, 'over'), isClean: true }

describe('a message queue', () => {
  it('gives messages in their order, those that wait and those that come', async () => {
    const queue = new MessageQueue()
    come(queue, 'one', 'two')
    const received = [receiveFrom(queue, clock), receiveFrom(queue, clock), receiveFrom(queue, clock), receiveFrom(queue, clock)]
    come(queue, 'three', 'four')
    expect(await Promise.all(received)).toEqual(['one', 'two', 'three', 'four'])
    expect(queue.waitingSize).toBe(0)
  })

  it('gives thousands of messages that wait as fast as few', () => {
    const queue = new MessageQueue()
    for (let i = 0; i < 100_000; i++) queue.came(String(i), 0)
    for (let i = 0; i < 100_000; i++) if (queue.next() !== String(i)) throw new Error(`message ${i} is another one`)
    expect(queue.next()).toBe(undefined)
  })

  it('gives a message to the next caller where one has given up its wait', async () => {
    const queue = new MessageQueue()
    const abort = new AbortController()
    const first = receiveFrom(queue, clock, { signal: abort.signal }).catch((error: Error) => error)
    const second = receiveFrom(queue, clock)
    abort.abort(new Error('enough'))
    come(queue, 'for the second')
    expect([await first, await second]).toEqual([new Error('enough'), 'for the second'])
  })

  it('replaces a call that has lost a race', async () => {
    const queue = new MessageQueue()
    const lost = receiveFrom(queue, clock)
    await Promise.race([lost, Promise.resolve()])
    await Promise.resolve()
    const later = receiveFrom(queue, clock)
    come(queue, 'for the later call')
    expect(await later).toBe('for the later call')
    await expect(lost).rejects.toMatchObject({ name: 'ApiMisuse' })
  })

  it('discards after ignore, until it is asked again', async () => {
    const queue = new MessageQueue()
    come(queue, 'waits')
    queue.ignore()
    come(queue, 'comes')
    expect(queue.next()).toBe(undefined)
    come(queue, 'later')
    expect(queue.next()).toBe('later')
  })

  it('discards everything after stop', () => {
    const queue = new MessageQueue()
    come(queue, 'waits')
    queue.stop()
    queue.ask()
    come(queue, 'comes')
    expect(queue.next()).toBe(undefined)
  })

  it('gives what waits after the end, and then the end', async () => {
    const queue = new MessageQueue()
    come(queue, 'last')
    queue.ended(end)
    expect(await receiveFrom(queue, clock)).toBe('last')
    await expect(receiveFrom(queue, clock)).rejects.toBe(end.error)
    expect(await new MessageIterator(queue).next()).toEqual({ done: true, value: undefined })
  })
})

describe('the room of a message queue', () => {
  it('is there below 1 MiB, and while a call waits', async () => {
    const queue = new MessageQueue()
    queue.ask()
    queue.came('large', MiB)
    const waits = isPending(queue.room)
    expect(await waits).toBe(true)
    const { room } = queue
    queue.next()
    await room
    expect(queue.room).toBe(undefined)
  })

  it('is made by a caller that waits, by discarding, by taking all, and by the end', async () => {
    const ways: readonly ((queue: MessageQueue) => unknown)[] = [
      queue => queue.ignore(),
      queue => queue.stop(),
      queue => queue.takeAll(),
      queue => queue.ended(end),
    ]
    for (const way of ways) {
      const queue = new MessageQueue()
      queue.ask()
      queue.came('large', MiB)
      const { room } = queue
      way(queue)
      await room
    }
  })

  it('is never short where the application waits for the end alone: messages are discarded then', () => {
    const queue = new MessageQueue()
    queue.endAwaited()
    come(queue, 'one')
    expect(queue.waitingSize).toBeGreaterThan(0)
    queue.came('large', MiB)
    expect({ room: queue.room, waiting: queue.waitingSize }).toEqual({ room: undefined, waiting: 0 })
  })
})

function come(queue: MessageQueue, ...messages: readonly string[]): void {
  for (const message of messages) queue.came(message, message.length)
}

function isPending(promise: Promise<void> | undefined): Promise<boolean> {
  return Promise.race([promise?.then(() => false), new Promise<boolean>(resolve => setImmediate(resolve, true))]) as Promise<boolean>
}
