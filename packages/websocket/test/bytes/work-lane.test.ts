import { describe, expect, it } from 'vitest'
import { type Place, WorkLane } from '../../src/bytes/work-lane.ts'

describe('WorkLane', () => {
  it('lets one small and one large work begin at a time, each in the order in which they asked', async () => {
    const lane = new WorkLane()
    const begun: string[] = []
    const small = [1, 2, 3].map(number => watched(lane.enterSmall(), `small ${number}`, begun))
    const large = [1, 2].map(number => watched(lane.enterLarge(false), `large ${number}`, begun))
    await settled()
    expect(begun).toEqual(['small 1', 'large 1'])
    small[0]!.leave()
    await settled()
    expect(begun).toEqual(['small 1', 'large 1', 'small 2'])
    large[0]!.leave()
    small[1]!.leave()
    await settled()
    expect(begun).toEqual(['small 1', 'large 1', 'small 2', 'large 2', 'small 3'])
  })

  it('has large work that has begun go on before work that has not', async () => {
    const lane = new WorkLane()
    const begun: string[] = []
    const first = watched(lane.enterLarge(false), 'first', begun)
    watched(lane.enterLarge(false), 'new', begun)
    watched(lane.enterLarge(true), 'begun', begun)
    first.leave()
    await settled()
    expect(begun).toEqual(['first', 'begun'])
  })

  it('tells at once whether work may begin', () => {
    const lane = new WorkLane()
    const [first, second] = [lane.enterSmall(), lane.enterSmall()]
    expect([first.hasEntered, second.hasEntered]).toEqual([true, false])
    first.leave()
    expect(second.hasEntered).toBe(true)
  })

  it('is busy while any work goes on or waits', () => {
    const lane = new WorkLane()
    expect(lane.isBusy).toBe(false)
    const [small, large] = [lane.enterSmall(), lane.enterLarge(true)]
    small.leave()
    expect(lane.isBusy).toBe(true)
    large.leave()
    expect(lane.isBusy).toBe(false)
  })

  it('asks large work to pause until the small work that goes on is done, and not until all of it is', async () => {
    const lane = new WorkLane()
    expect(lane.pause()).toBeUndefined()
    const [one] = [lane.enterSmall(), lane.enterSmall()]
    const ends: string[] = []
    void lane.pause()!.then(() => ends.push('first pause'))
    await settled()
    expect(ends).toEqual([])
    one.leave()
    await settled()
    expect(ends).toEqual(['first pause'])
    expect(lane.pause()).toBeInstanceOf(Promise)
  })

  it('lets a place be left before its work begins, and more than once', async () => {
    const lane = new WorkLane()
    const begun: string[] = []
    const first = watched(lane.enterLarge(false), 'first', begun)
    const second = watched(lane.enterLarge(false), 'second, which is not waited for in vain', begun)
    watched(lane.enterLarge(false), 'third', begun)
    second.leave()
    second.leave()
    await second.left
    await settled()
    expect(begun).toEqual(['first', 'second, which is not waited for in vain'])
    first.leave()
    second.leave()
    await settled()
    expect(begun.at(-1)).toBe('third')
  })
})

function watched(place: Place, name: string, begun: string[]): Place {
  void place.entered.then(() => begun.push(name))
  return place
}

function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
