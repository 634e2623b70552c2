import { describe, expect, it } from 'vitest'
import { spreadOf, takingTurns } from '../../bench/scenarios/rounds.mjs'

describe('takingTurns', () => {
  it('measures several processes of each peer, one set after the other, and ends all but the last', async () => {
    const log: string[] = []
    let started = 0
    const measured = await takingTurns(
      { peers: [{ name: 'a' }, { name: 'b' }], rounds: 4, processes: 2, progress: () => undefined },
      {
        start: async ({ name }: { name: string }) => {
          log.push(`start ${name}`)
          return { number: ++started }
        },
        once: async ({ number }: { number: number }) => ({ figure: number }),
        end: async ({ number }: { number: number }) => void log.push(`end ${number}`),
        cells: ({ rounds }: { rounds: { figure: number; process: number }[] }) => ({ spread: spreadOf(rounds) }),
      },
    )
    expect(log).toEqual(['start a', 'start b', 'end 1', 'end 2', 'start a', 'start b'])
    expect(measured).toEqual([
      { peer: 'a', figures: [1, 1, 3, 3], more: { spread: '1 to 3' } },
      { peer: 'b', figures: [2, 2, 4, 4], more: { spread: '2 to 4' } },
    ])
  })
})
