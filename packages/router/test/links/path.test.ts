import { describe, expect, it } from 'vitest'
import { pathOf } from '../../src/links/path.ts'

const session = (id: number) => ({ session: id, authid: `a${id}`, authrole: 'link' })
const [origin, here, other] = [session(1), session(10), session(20)]
const isOwn = (id: number) => id === 10 || id === 11

describe('pathOf', () => {
  it('begins with the origin, and the link after it', () => {
    expect(pathOf(origin, undefined, here, 1, isOwn)).toEqual([origin, here])
    expect(pathOf(origin, [], here, 1, isOwn)).toEqual([origin, here])
  })

  it('begins with the link itself where it was not told the origin', () => {
    expect(pathOf(undefined, undefined, here, 1, isOwn)).toEqual([here, here])
  })

  it('grows by each link, up to the hops that are allowed', () => {
    expect(pathOf(origin, [origin, other], here, 1, isOwn)).toBeUndefined()
    expect(pathOf(origin, [origin, other], here, 2, isOwn)).toEqual([origin, other, here])
    expect(pathOf(origin, [origin, other, session(30)], here, 2, isOwn)).toBeUndefined()
    expect(pathOf(origin, [origin, other, session(30)], here, 3, isOwn)).toEqual([origin, other, session(30), here])
  })

  it('has crossed one link where the other router names the origin alone', () => {
    expect(pathOf(origin, [origin], here, 1, isOwn)).toBeUndefined()
    expect(pathOf(origin, [origin], here, 2, isOwn)).toEqual([origin, here])
  })

  it('ends where the link has been before, and not where it is the origin by name alone', () => {
    expect(pathOf(origin, [origin, session(11), other], here, 9, isOwn)).toBeUndefined()
    expect(pathOf(origin, [here, other], here, 9, isOwn)).toEqual([here, other, here])
  })
})
