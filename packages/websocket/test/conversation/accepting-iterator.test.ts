import { describe, expect, it } from 'vitest'
import { acceptText } from '../../src/conversation/accept.ts'
import { AcceptingIterator } from '../../src/conversation/accepting-iterator.ts'
import { MessageIterator } from '../../src/conversation/message-iterator.ts'
import { MessageQueue } from '../../src/conversation/message-queue.ts'
import type { MessageRefused } from '../../src/protocol/faults/errors.ts'

describe('AcceptingIterator', () => {
  it('yields what is accepted, at once or later', async () => {
    const { queue, over } = waiting('1', '2')
    const values = over(message => Promise.resolve(Number(message)))
    expect(await values.next()).toEqual({ done: false, value: 1 })
    expect(await over(acceptText).next()).toEqual({ done: false, value: '2' })
    const late = values.next()
    queue.came('3', 1)
    expect(await late).toEqual({ done: false, value: 3 })
  })

  it('ends with the error that the connection was failed with, and takes no further message', async () => {
    const { queue, over, failed } = waiting(Uint8Array.of(1), 'next')
    const texts = over(acceptText)
    await expect(texts.next()).rejects.toThrow('failed')
    expect(failed).toMatchObject([{ name: 'MessageRefused', closeCode: 1003 }])
    expect(await texts.next()).toEqual({ done: true, value: undefined })
    expect(queue.next()).toBe('next')
  })

  it('goes on where refused messages are taken', async () => {
    const { over, failed } = waiting(Uint8Array.of(1), 'next')
    const seen: unknown[] = []
    const texts = over(acceptText, (error, message) => void seen.push(error.closeCode, message))
    expect(await texts.next()).toEqual({ done: false, value: 'next' })
    expect({ seen, failed }).toEqual({ seen: [1003, Uint8Array.of(1)], failed: [] })
  })

  it('ends with whatever else is thrown', async () => {
    const { over } = waiting('1')
    const values = over(() => {
      throw new RangeError('broken')
    })
    await expect(values.next()).rejects.toThrow(RangeError)
    expect(await values.next()).toEqual({ done: true, value: undefined })
  })

  it('gives up a step that waits by return()', async () => {
    const { queue, over } = waiting()
    const texts = over(acceptText)
    const step = texts.next()
    expect(await texts.return()).toEqual({ done: true, value: undefined })
    expect(await step).toEqual({ done: true, value: undefined })
    queue.came('kept', 4)
    expect(queue.next()).toBe('kept')
    expect(texts[Symbol.asyncIterator]()).toBe(texts)
  })
})

/** A queue with messages that wait, and a way to iterate over it. */
function waiting(...messages: readonly (string | Uint8Array<ArrayBuffer>)[]) {
  const queue = new MessageQueue()
  for (const message of messages) queue.came(message, message.length)
  const failed: MessageRefused[] = []
  const fail = (error: MessageRefused): Error => {
    failed.push(error)
    return new Error('failed')
  }
  const over = <Value>(...[accept, onRefused]: Parameters<typeof iterate<Value>>): AcceptingIterator<Value> =>
    iterate<Value>(accept, onRefused)
  function iterate<Value>(
    accept: ConstructorParameters<typeof AcceptingIterator<Value>>[1],
    onRefused?: ConstructorParameters<typeof AcceptingIterator<Value>>[3],
  ): AcceptingIterator<Value> {
    return new AcceptingIterator<Value>(new MessageIterator(queue), accept, fail, onRefused)
  }
  return { queue, over, failed }
}
