import { describe, expect, it } from 'vitest'
import { argumentsIn, named, roundsIn } from '../../bench/arguments.mjs'

describe('the arguments of the benchmark', () => {
  it('has five rounds of half a second by default', () => {
    expect(argumentsIn([])).toMatchObject({ rounds: 5, milliseconds: 500, all: false, quick: false })
  })

  it('splits names at commas, but not at commas followed by a space', () => {
    expect(argumentsIn(['--only', 'TLS, 64 × 1,idle']).only).toEqual(['tls, 64 × 1', 'idle'])
  })

  it('runs everything with --quick', () => {
    expect(argumentsIn(['--quick', '--rounds', '50'])).toMatchObject({ all: true, rounds: 1, milliseconds: 100 })
  })

  for (const [args, message] of [
    [['--rounds', '0'], '--rounds must be a number from 1 to 100, not 0'],
    [['--rounds', '2.5'], '--rounds must be a whole number, not 2.5'],
    [['--rounds', 'many'], '--rounds must be a number from 1 to 100, not many'],
    [['--seconds', '21'], '--seconds must be a number from 0.05 to 20, not 21'],
    [['--peers', 'ws,,net'], '--peers must be names separated by commas, not "ws,,net"'],
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

  it('finds names that contain one of the parts, in the original order', () => {
    expect(named('only', ['idle', 'tls'], all).map(({ name }) => name)).toEqual(['TLS, 64 × 1', 'idle connection'])
  })

  it('refuses a part that no name contains, and lists the names', () => {
    expect(() => named('only', ['idel'], all)).toThrow('--only: no name contains idel; known names: TLS, 64 × 1 | 64 × 1 | idle connection')
  })
})

describe('roundsIn', () => {
  const program = { seconds: '0.4', quickMilliseconds: 50 }

  it('has defaults, and reads what the command line says', () => {
    const usual = { rounds: 7, milliseconds: 400, only: [''], out: undefined, help: false, more: {} }
    expect(roundsIn([], program)).toEqual(usual)
    const args = ['--rounds', '3', '--seconds', '0.1', '--only', 'One,two', '--out', 'a']
    expect(roundsIn(args, program)).toEqual({ ...usual, rounds: 3, milliseconds: 100, only: ['one', 'two'], out: 'a' })
  })

  it('measures two short rounds with --quick', () => {
    expect(roundsIn(['--quick', '--rounds', '9'], program)).toMatchObject({ rounds: 2, milliseconds: 50 })
  })

  it('returns further options of a program apart', () => {
    const more = { 'cpu-prof': { type: 'string' } } as const
    expect(roundsIn(['--cpu-prof', 'folder'], { ...program, more }).more).toEqual({ 'cpu-prof': 'folder' })
  })

  for (const [args, message] of [
    [['--rounds', '0'], '--rounds must be a whole number from 1, not 0'],
    [['--seconds', 'x'], '--seconds must be a number above 0, not x'],
    [['--cpu-prof', 'folder'], 'Unknown option'],
  ] as const) {
    it(`refuses ${args.join(' ')}`, () => expect(() => roundsIn(args, program)).toThrow(message))
  }
})
