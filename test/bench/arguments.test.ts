import { describe, expect, it } from 'vitest'
import { argumentsIn, named } from '../../bench/arguments.mjs'

describe('the arguments of the benchmark', () => {
  it('has five rounds of half a second by default', () => {
    expect(argumentsIn([])).toMatchObject({ rounds: 5, milliseconds: 500, all: false, quick: false })
  })

  it('separates names by commas, but not where a space follows', () => {
    expect(argumentsIn(['--only', 'TLS, 64 × 1,idle']).only).toEqual(['tls, 64 × 1', 'idle'])
  })

  it('does everything when it is to be quick', () => {
    expect(argumentsIn(['--quick', '--rounds', '50'])).toMatchObject({ all: true, rounds: 1, milliseconds: 100 })
  })

  for (const [args, message] of [
    [['--rounds', '0'], '--rounds must be a number from 1 to 100, and not 0'],
    [['--rounds', '2.5'], '--rounds must be a whole number, and not 2.5'],
    [['--rounds', 'many'], '--rounds must be a number from 1 to 100, and not many'],
    [['--seconds', '21'], '--seconds must be a number from 0.05 to 20, and not 21'],
    [['--peers', 'ws,,net'], '--peers must be names separated by commas, and not "ws,,net"'],
    [['--speed'], "Unknown option '--speed'"],
    [['everything'], "Unexpected argument 'everything'"],
  ] as const) {
    it(`refuses ${args.join(' ')}`, () => {
      expect(() => argumentsIn([...args])).toThrow(message)
    })
  }
})

describe('names', () => {
  const all = [{ name: 'TLS, 64 × 1' }, { name: '64 × 1' }, { name: 'idle connection' }]

  it('finds those that contain one of the parts, in their own order', () => {
    expect(named('only', ['idle', 'tls'], all).map(({ name }) => name)).toEqual(['TLS, 64 × 1', 'idle connection'])
  })

  it('refuses a part that is in none, and says what there is', () => {
    expect(() => named('only', ['idel'], all)).toThrow(
      '--only: nothing is named like idel; there are: TLS, 64 × 1 | 64 × 1 | idle connection',
    )
  })
})
