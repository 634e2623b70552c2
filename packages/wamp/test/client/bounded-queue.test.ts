import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BoundedQueue } from '../../src/client/bounded-queue.ts'

describe('BoundedQueue', () => {
  it('keeps as many values as may wait, in order', async () => {
    const queue = new BoundedQueue<number>(2)
    expect([queue.add(1), queue.add(2), queue.add(3)]).toEqual([true, true, false])
    expect([await queue.next(), await queue.next()]).toEqual([1, 2].map(value => ({ done: false, value })))
  })

  it('hands a value to a reader that waits, whatever the bound', async () => {
    const queue = new BoundedQueue<number>(1)
    const reading = [queue.next(), queue.next()]
    expect([queue.add(1), queue.add(2), queue.add(3)]).toEqual([true, true, true])
    expect((await Promise.all(reading)).map(({ value }) => value)).toEqual([1, 2])
  })

  it('ends behind what waits, and takes nothing afterwards', async () => {
    const queue = new BoundedQueue<number>(2)
    queue.add(1)
    queue.end()
    queue.end({ error: new Error('late') })
    expect(queue.isEnded).toBe(true)
    expect(queue.add(2)).toBe(true)
    expect([await queue.next(), await queue.next(), await queue.next()]).toEqual([
      { done: false, value: 1 },
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
  })

  it('throws an error once, also at readers that wait', async () => {
    const queue = new BoundedQueue<number>(2)
    const [first, second] = [queue.next(), queue.next()]
    queue.end({ error: new Error('gone') })
    await expect(first).rejects.toThrow('gone')
    expect(await second).toEqual({ done: true, value: undefined })
  })

  it('drops what waits when it is cleared', async () => {
    const queue = new BoundedQueue<number>(2)
    queue.add(1)
    queue.clear()
    queue.end()
    expect((await queue.next()).done).toBe(true)
  })

  it('never keeps more than its bound, and loses nothing below it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(fc.boolean(), { maxLength: 40 }), async (most, steps) => {
        const queue = new BoundedQueue<number>(most)
        const kept: number[] = []
        const read: Promise<IteratorResult<number>>[] = []
        steps.forEach((isAdd, n) => {
          if (!isAdd) read.push(queue.next())
          else if (queue.add(n)) kept.push(n)
          expect(kept.length - read.length).toBeLessThanOrEqual(most)
        })
        queue.end()
        const values = (await Promise.all(read)).flatMap(({ done, value }) => (done === true ? [] : [value]))
        expect(values).toEqual(kept.slice(0, values.length))
        expect(values).toHaveLength(Math.min(kept.length, read.length))
      }),
    )
  })
})
