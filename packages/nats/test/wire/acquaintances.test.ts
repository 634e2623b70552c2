import { describe, expect, it } from 'vitest'
import { Acquaintances } from '../../src/wire/acquaintances.ts'

describe('Acquaintances', () => {
  it('tells once who was silent for too long', () => {
    const others = new Acquaintances(5000)
    others.heard('a', 0)
    others.heard('b', 0)
    others.heard('c', 0)
    others.heard('b', 3000)
    others.forget('c')
    expect(others.takeSilent(5000)).toEqual([])
    expect(others.takeSilent(5001)).toEqual(['a'])
    expect(others.takeSilent(9000)).toEqual(['b'])
    expect(others.size).toBe(0)
  })

  it('begins anew when nobody could be heard', () => {
    const others = new Acquaintances(5000)
    others.heard('a', 0)
    others.begin(10_000)
    expect(others.takeSilent(15_000)).toEqual([])
    expect(others.takeSilent(15_001)).toEqual(['a'])
  })

  it('remembers at most 10,000', () => {
    const others = new Acquaintances(5000)
    for (let i = 0; i < 20_000; i++) others.heard(`${i}`, i)
    expect(others.size).toBe(10_000)
  })
})
