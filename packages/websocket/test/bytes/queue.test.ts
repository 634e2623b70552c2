import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Queue } from '../../src/bytes/queue.ts'

describe('Queue', () => {
  it('gives items in the order in which they came, as an array does', () => {
    const steps = fc.array(fc.constantFrom('push', 'push', 'shift', 'many', 'drain', 'takeAll'), { maxLength: 80 })
    fc.assert(
      fc.property(steps, todo => {
        const queue = new Queue<number>()
        const array: number[] = []
        let next = 0
        for (const step of todo) {
          if (step === 'push' || step === 'many') {
            for (let count = step === 'many' ? 150 : 1; count > 0; count--) {
              queue.push(next)
              array.push(next++)
            }
          } else if (step === 'takeAll') {
            expect(queue.takeAll()).toEqual(array.splice(0))
          } else {
            for (let count = step === 'drain' ? 100 : 1; count > 0; count--) expect(queue.shift()).toBe(array.shift())
          }
          expect(queue.length).toBe(array.length)
        }
      }),
    )
  })

  it('holds no item that was removed', async () => {
    const queue = new Queue<object>()
    const removed = new WeakRef(first(queue))
    queue.push({})
    await new Promise(resolve => setImmediate(resolve))
    globalThis.gc?.()
    expect({ length: queue.length, isHeld: globalThis.gc !== undefined && removed.deref() !== undefined }).toEqual({
      length: 2,
      isHeld: false,
    })
  })
})

/** Pushes two objects and removes the first one. */
function first(queue: Queue<object>): object {
  queue.push({})
  queue.push({})
  return queue.shift()!
}
