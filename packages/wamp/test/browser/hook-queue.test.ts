import { describe, expect, it } from 'vitest'
import { HookQueue } from '../../src/browser/hook-queue.ts'
import { settled } from '../fixtures/script-socket.ts'

describe('HookQueue', () => {
  it('calls at once while nothing is to be waited for', () => {
    const { queue, called } = watched()
    queue.run(() => void called.push('one'))
    queue.run(() => void called.push('two'))
    expect(called).toEqual(['one', 'two'])
  })

  it('keeps the order behind promises', async () => {
    const { queue, called } = watched()
    let release: () => void = () => undefined
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    queue.run(() => held)
    queue.run(() => void called.push('one'))
    queue.run(async () => void called.push('two'))
    queue.run(() => void called.push('three'))
    await settled()
    expect(called).toEqual([])
    release()
    await settled()
    expect(called).toEqual(['one', 'two', 'three'])
    queue.run(() => void called.push('four'))
    expect(called.at(-1)).toBe('four')
  })

  it('tells of errors, thrown or rejected, and goes on', async () => {
    const { queue, called } = watched()
    queue.run(() => {
      throw new Error('thrown')
    })
    queue.run(async () => {
      throw new Error('rejected')
    })
    queue.run(() => void called.push('after'))
    await settled()
    expect(called).toEqual(['Error: thrown', 'Error: rejected', 'after'])
  })

  it('knows what waits: what each hook keeps, and something for the hook itself', async () => {
    const { queue, called } = watched()
    let release: () => void = () => undefined
    queue.run(() => new Promise<void>(resolve => (release = resolve)), 5000)
    expect(queue.waitingSize).toBe(0)
    queue.run(() => void called.push('one'), 1000)
    queue.run(() => void called.push('two'), 2000)
    expect(queue.waitingSize).toBe(3000 + 2 * 256)
    release()
    await settled()
    expect([called, queue.waitingSize]).toEqual([['one', 'two'], 0])
    queue.run(async () => undefined)
    queue.run(() => undefined, 1000)
    queue.stop()
    expect(queue.waitingSize).toBe(0)
  })

  it('calls nothing once it is stopped', async () => {
    const { queue, called } = watched()
    queue.run(async () => undefined)
    queue.run(() => void called.push('waiting'))
    queue.stop()
    queue.run(() => void called.push('late'))
    await settled()
    expect(called).toEqual([])
  })
})

function watched(): { queue: HookQueue; called: string[] } {
  const called: string[] = []
  return { queue: new HookQueue(error => called.push(String(error))), called }
}
