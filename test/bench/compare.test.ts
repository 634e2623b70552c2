import { expect, it } from 'vitest'
import { comparisonIn, loadsOf } from '../../bench/compare/arguments.mjs'
import { compared, comparison } from '../../bench/compare/table.mjs'

const echo = { name: '64 × 1 × 125 B', unit: 'µs', what: 'CPU of the server per message', wants: [] }
const text = { ...echo, name: 'text', wants: ['text'] }
const secure = { ...echo, name: 'TLS', wants: ['tls'] }
const idle = { ...echo, name: 'idle connection', unit: 'KiB' }
const client = { ...echo, name: 'client', wants: ['client'] }
const elsewhere = { ...echo, name: 'Node versions', isOnOtherNodes: true }
const scenarios = [echo, text, secure, idle, client, elsewhere]

it('compares the loads of a server that are measured in microseconds, and plain echoes in both styles', () => {
  expect(loadsOf(scenarios).map(({ name }) => name)).toEqual([
    '64 × 1 × 125 B',
    '64 × 1 × 125 B, function style',
    'text',
    'text, function style',
    'TLS',
  ])
})

it('chooses loads by parts of their names', () => {
  const { loads } = comparisonIn(['--before', '/there', '--only', 'function style'], scenarios)
  expect(loads.map(({ name }) => name)).toEqual(['64 × 1 × 125 B, function style', 'text, function style'])
})

it('starts no more processes than there are pairs', () => {
  expect(comparisonIn(['--before', '/there', '--pairs', '2'], scenarios)).toMatchObject({ pairs: 2, processes: 2 })
})

for (const [args, message] of [
  [[], '--before is missing: the checkout to compare this one with'],
  [['--before', '/there', '--pairs', '1.5'], '--pairs must be a whole number, not 1.5'],
  [['--before', '/there', '--processes', '0'], '--processes must be a number from 1 to 20, not 0'],
  [['--before', '/there', '--only', 'nonsense'], /^--only: no name contains nonsense; known names: /],
] as const) {
  it(`refuses the arguments ${JSON.stringify(args)}`, () => {
    expect(() => comparisonIn([...args], scenarios)).toThrow(message)
  })
}

it('computes the ratio pair by pair', () => {
  const pairs = { name: 'a', unit: 'µs', before: [1, 10, 100], again: [1, 10, 100], after: [2, 20, 200] }
  expect(compared(pairs)).toMatchObject({ change: { ratio: 2 }, noise: { ratio: 1 }, holds: false })
})

it('accepts 3 % more, and the difference of the same build from itself', () => {
  const pairs = (after: number, again: number) => ({ name: 'a', unit: 'µs', before: [100], again: [again], after: [after] })
  expect(compared(pairs(103, 100)).holds).toBe(true)
  expect(compared(pairs(104, 100)).holds).toBe(false)
  expect(compared(pairs(104, 105)).holds).toBe(true)
})

it('prints a row for each load', () => {
  const table = comparison([{ name: 'a', unit: 'µs', before: [1, 1], again: [1, 1.1], after: [1.5, 1.5] }])
  expect(table.split('\n').at(-1)).toBe('| a | 1.00 µs | 1.50 µs | **1.500** | 1.50 to 1.50 | 1.050 | 1.00 to 1.10 | **no** |')
})
