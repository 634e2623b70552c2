import { describe, expect, it } from 'vitest'
import { AwaitedRoom } from '../../src/parties/awaited-room.ts'

describe('AwaitedRoom', () => {
  it('ends the waits when its receiver has taken something and has room', () => {
    const { room, waits, publisher } = awaited()
    room.add(publisher('one'), 0)
    room.add(publisher('two'), 0)
    room.taken(true)
    expect(waits).toEqual([])
    room.taken(false)
    expect(waits).toEqual(['one', 'two'])
  })

  it('does not end the wait of a publisher that waits no more', () => {
    const { room, waits, publisher } = awaited()
    const [one, two] = [publisher('one'), publisher('two')]
    room.add(one, 0)
    room.add(two, 0)
    room.delete(one)
    room.release()
    expect(waits).toEqual(['two'])
  })

  it('takes a publisher that waits again as soon as its wait has ended', () => {
    const { room } = awaited()
    let ended = 0
    const publisher = {
      goOn: () => {
        ended++
        room.delete(publisher)
        room.add(publisher, 0)
      },
    }
    room.add(publisher, 0)
    room.release()
    room.release()
    expect(ended).toBe(2)
  })

  it('is given up 10 s after the first of the waits for which nothing was taken, and no more once something is', () => {
    const { room, publisher } = awaited()
    expect(room.isGivenUp(1e9)).toBe(false)
    room.add(publisher('one'), 500)
    room.add(publisher('two'), 9000)
    expect([room.isGivenUp(10_499), room.isGivenUp(10_500)]).toEqual([false, true])
    room.taken(true)
    expect(room.isGivenUp(10_500)).toBe(false)
    room.add(publisher('one'), 20_000)
    expect([room.isGivenUp(29_999), room.isGivenUp(30_000)]).toEqual([false, true])
  })
})

function awaited() {
  const waits: string[] = []
  return { room: new AwaitedRoom(), waits, publisher: (name: string) => ({ goOn: () => void waits.push(name) }) }
}
