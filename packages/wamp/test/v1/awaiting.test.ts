import { describe, expect, it } from 'vitest'
import { afterwards, heeded, isPromise } from '../../src/v1/awaiting.ts'

describe('afterwards', () => {
  it('goes on at once with a value, and later with a promise', async () => {
    expect(afterwards(1, x => x + 1)).toBe(2)
    expect(await afterwards(Promise.resolve(1), x => x + 1)).toBe(2)
  })

  it('has a foreign promise settle once', async () => {
    const twice = thenable((done: (value: number) => void) => [done(1), done(2)]) as Promise<number>
    expect(await afterwards(twice, x => x)).toBe(1)
  })
})

describe('isPromise', () => {
  it('tells promises from values', () => {
    for (const promise of [Promise.resolve(), thenable(() => 1)]) expect(isPromise(promise)).toBe(true)
    for (const value of [undefined, null, 1, {}, thenable(1), () => 1]) expect(isPromise(value)).toBe(false)
  })
})

describe('heeded', () => {
  it('gives the value back, and listens for the rejection of a promise', async () => {
    const seen: unknown[] = []
    const late = Promise.reject(new Error('no'))
    expect([heeded(1), heeded(late, error => seen.push(error))]).toEqual([1, late])
    await expect(late).rejects.toThrow('no')
    expect(seen).toEqual([expect.objectContaining({ message: 'no' })])
  })
})

function thenable(then: unknown): unknown {
  return Object.fromEntries([['then', then]])
}
