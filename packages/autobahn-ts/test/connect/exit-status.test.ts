import { expect, it } from 'vitest'
import { exitStatus } from '../../src/connect/exit-status.ts'

for (const [code, status] of [
  [1000, 0],
  [1001, 0],
  [1005, 0],
  [1002, 2],
  [1006, 6],
  [1009, 9],
  [1011, 11],
  [1015, 15],
  [3000, 30],
  [3999, 30],
  [4000, 40],
  [4999, 40],
] as const) {
  it(`is ${status} for the close code ${code}`, () => expect(exitStatus({ code })).toBe(status))
}
