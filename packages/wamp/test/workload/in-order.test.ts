import { describe, expect, it } from 'vitest'
import { WampServerFactory } from '../../src/v1/application/server-factory.ts'
import { InOrder } from '../../src/workload/in-order.ts'
import { SessionWork } from '../../src/workload/session-work.ts'

describe('InOrder', () => {
  it('runs steps one after the other, and goes on after one that fails', async () => {
    const { queue, seen, failures, step } = make()
    queue.begun(step('a'), 1, 9)
    for (const name of ['b', 'c']) queue.behind(() => step(name), 1, 9)
    queue.behind(() => fail('at once'), 1, 9)
    queue.behind(() => Promise.reject(new Error('later')), 1, 9)
    await queue.behind(() => step('d'), 1, 0)
    expect(seen).toEqual(['a begins', 'a', 'b begins', 'b', 'c begins', 'c', 'd begins', 'd'])
    expect(failures).toEqual(['at once', 'later'])
    expect(queue.isEmpty).toBe(true)
  })

  it('has nothing to wait for after a step that is done at once', () => {
    const { queue } = make()
    expect(queue.begun(undefined, 1, 0)).toBe(undefined)
    expect(queue.isEmpty).toBe(true)
  })

  it('holds the reading above so many steps, and above so many octets, until there are less', async () => {
    const { queue, seen, step } = make(100)
    expect(queue.begun(step('a'), 50, 2)).toBe(undefined)
    expect(queue.behind(() => step('b'), 50, 2)).toBe(undefined)
    const [tooLarge, tooMany] = [queue.behind(() => step('c'), 1, 9), queue.behind(() => step('d'), 1, 2)]
    expect([tooLarge, tooMany]).toEqual([expect.any(Promise), expect.any(Promise)])
    await tooLarge
    expect(seen).toEqual(['a begins', 'a', 'b begins'])
    await tooMany
    expect(seen.slice(3)).toEqual(['b', 'c begins'])
  })

  it('drops waiting steps when it is stopped, and lets reading continue', async () => {
    const { queue, seen, step, work } = make(100)
    queue.begun(step('a'), 10, 9)
    const held = queue.behind(() => step('b'), 90, 0)
    queue.stop()
    await held
    expect(work.isAboveLimit(90)).toBe(false)
    await step('last')
    expect(seen).not.toContain('b begins')
  })

  it('begins no step once the connection is gone', async () => {
    const { queue, seen, step, close } = make()
    queue.begun(step('a'), 1, 9)
    queue.behind(() => close(), 1, 9)
    queue.behind(() => step('b'), 1, 9)
    await step('last')
    await step('last')
    expect(seen).not.toContain('b begins')
    expect(queue.isEmpty).toBe(true)
  })
})

function make(maxSessionWorkSize = 1000): {
  queue: InOrder
  work: SessionWork
  seen: string[]
  failures: string[]
  step(name: string): Promise<void>
  close(): void
} {
  const work = new SessionWork(new WampServerFactory(undefined, { wamp: { maxSessionWorkSize } }))
  const seen: string[] = []
  const failures: string[] = []
  let isClosed = false
  const step = async (name: string): Promise<void> => {
    seen.push(`${name} begins`)
    await new Promise(resolve => setImmediate(resolve))
    seen.push(name)
  }
  const close = (): void => {
    isClosed = true
  }
  const failed = (error: unknown): unknown => failures.push((error as Error).message)
  return { queue: new InOrder(work, failed, () => isClosed), work, seen, failures, step, close }
}

function fail(message: string): never {
  throw new Error(message)
}
