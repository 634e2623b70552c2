import { afterEach, describe, expect, it } from 'vitest'
import { CliProcess, endAll } from './fixtures/cli-process.ts'

afterEach(endAll)

describe('a server that gets a signal as soon as it has said where it listens', { timeout: 60_000 }, () => {
  for (const [status, ...command] of [
    [0, 'echo'],
    [0, 'demo'],
    [0, 'router'],
    [0, 'testsuite', 'testee-server'],
    // Nothing was tested.
    [1, 'testsuite', 'fuzzing-server'],
  ] as const) {
    it(`ends as at any other time: ${command.join(' ')}`, async () => {
      const programs = Array.from({ length: 3 }, () => new CliProcess(...command, '--port', '0'))
      const ends = programs.map(async program => {
        await program.said(/:\d+/)
        program.signal('SIGTERM')
        return program.end()
      })
      expect(await Promise.all(ends)).toEqual([status, status, status])
    })
  }
})
