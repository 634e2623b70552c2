import { expect, it } from 'vitest'
import { ConfigProblems } from '../../src/config/config-problems.ts'

it('names the file and the place of each mistake, one per line', () => {
  const error = new ConfigProblems('r.yaml', [
    { line: 1, column: 2, message: 'a is wrong' },
    { line: 3, column: 4, message: 'b is wrong' },
  ])
  expect(error.message).toBe('r.yaml:1:2: a is wrong\nr.yaml:3:4: b is wrong')
  expect(error.code).toBe('ERR_CONFIG_PROBLEMS')
})
