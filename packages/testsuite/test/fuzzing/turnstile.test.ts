import { describe, expect, it } from 'vitest'
import { Turnstile } from '../../src/fuzzing/turnstile.ts'

describe('Turnstile', () => {
  it('limits the number of tasks at a time', async () => {
    const { most } = await passing(2, [false, false, false, false])
    expect(most).toBe(2)
  })

  it('runs some tasks alone, in the order in which they came', async () => {
    const { inside } = await passing(8, [false, false, true, false, true, true, false])
    expect(inside).toEqual([1, 2, 1, 1, 1, 1, 1])
  })

  it('goes on after a task that fails', async () => {
    const turnstile = new Turnstile(1)
    const failing = turnstile.pass(true, () => Promise.reject(new Error('no')))
    const next = turnstile.pass(false, () => Promise.resolve('yes'))
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })
})

async function passing(limit: number, alone: readonly boolean[]): Promise<{ most: number; inside: number[] }> {
  const turnstile = new Turnstile(limit)
  const inside: number[] = []
  let now = 0
  await Promise.all(
    alone.map(isAlone =>
      turnstile.pass(isAlone, async () => {
        inside.push(++now)
        await new Promise(resolve => setImmediate(resolve))
        now--
      }),
    ),
  )
  return { most: Math.max(...inside), inside }
}
