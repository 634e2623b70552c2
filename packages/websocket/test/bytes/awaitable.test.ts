import { describe, expect, it } from 'vitest'
import { afterwards, heeded, isPromise } from '../../src/bytes/awaitable.ts'

describe('isPromise', () => {
  it('is true for promises and thenables', () => {
    const thenable = Object.defineProperty({}, 'then', { value: () => undefined }) as PromiseLike<void>
    expect([Promise.resolve(), thenable].map(isPromise)).toEqual([true, true])
  })

  it('is false for everything else', () => {
    for (const value of [undefined, null, 1, 'then', {}, Object.defineProperty({}, 'then', { value: 1 })])
      expect(isPromise(value)).toBe(false)
  })
})

describe('afterwards', () => {
  it('goes on at once where nothing is awaited', () => {
    expect(afterwards(2, n => n + 1)).toBe(3)
  })

  it('goes on when a promise has settled', async () => {
    await expect(afterwards(Promise.resolve(2), n => n + 1)).resolves.toBe(3)
    await expect(afterwards(Promise.reject(new Error('no')), () => 1)).rejects.toThrow('no')
  })

  it('counts only the first settlement of a foreign promise', async () => {
    const twice = Object.defineProperty({}, 'then', { value: (done: (value: number) => void) => [done(1), done(2)] }) as Promise<number>
    expect(await afterwards(twice, x => x)).toBe(1)
  })
})

describe('heeded', () => {
  it('gives the value back, and listens for the rejection of a promise', async () => {
    const seen: unknown[] = []
    const late = Promise.reject(new Error('no'))
    expect({ value: heeded(1), nothing: heeded(undefined), promise: heeded(late, error => seen.push(error)) }).toEqual({
      value: 1,
      nothing: undefined,
      promise: late,
    })
    await expect(late).rejects.toThrow('no')
    expect(seen).toEqual([expect.objectContaining({ message: 'no' })])
  })
})
