import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NoSuchCase } from '../../src/cases/selection.ts'
import { fuzzingClient } from '../../src/fuzzing/fuzzing-client.ts'
import { NoReport } from '../../src/report/earlier-rows.ts'
import { Unreachable } from '../../src/run/open-as-client.ts'
import { testeeServer } from '../../src/testees/testee-server.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

let listener: Awaited<ReturnType<typeof testeeServer>>

beforeEach(async () => {
  listener = await testeeServer({ host: '127.0.0.1', port: 0 })
})

afterEach(async () => {
  await listener.close()
})

describe('fuzzingClient', () => {
  it('plays the chosen cases with each server, tells of each, and writes the report', async () => {
    const outdir = temporaryFolder()
    const told: string[] = []
    const report = await fuzzingClient({
      servers: [
        { agent: 'one', url: listener.url },
        { agent: 'two', url: listener.url, options: { version: 18 } },
      ],
      cases: ['1.1.*'],
      excludeCases: ['1.1.8'],
      excludeAgentCases: { two: ['1.1.1'] },
      outdir,
      onCase: (row, { done, count }) => told.push(`${done}/${count} ${row.agent}`),
    })
    expect(report.rows).toHaveLength(13)
    expect(told.at(-1)).toBe('13/13 two')
    const index = JSON.parse(readFileSync(join(outdir, 'index.json'), 'utf8'))
    expect(Object.keys(index.one)).toHaveLength(7)
    expect(Object.keys(index.two)).toHaveLength(6)
  })

  it('adds to the matrix that a folder has, and replaces what it runs again', async () => {
    const outdir = temporaryFolder()
    for (const [agent, cases] of [
      ['one', ['1.1.1', '1.1.2']],
      ['two', ['1.1.1']],
      ['one', ['1.1.3']],
    ] as const)
      await fuzzingClient({ servers: [{ agent, url: listener.url }], cases, outdir })
    const index = JSON.parse(readFileSync(join(outdir, 'index.json'), 'utf8'))
    expect(Object.keys(index)).toEqual(['two', 'one'])
    expect(Object.keys(index.one)).toEqual(['1.1.3'])
    const page = readFileSync(join(outdir, 'index.html'), 'utf8')
    for (const file of ['two_case_1_1_1.html', 'one_case_1_1_3.html']) expect(page).toContain(`href="${file}"`)
  })

  it('leaves alone what is no report', async () => {
    const outdir = temporaryFolder()
    writeFileSync(join(outdir, 'index.json'), '[]')
    await expect(fuzzingClient({ servers: [{ agent: 'one', url: listener.url }], cases: ['1.1.1'], outdir })).rejects.toThrow(NoReport)
    expect(readFileSync(join(outdir, 'index.json'), 'utf8')).toBe('[]')
  })

  it('begins no more cases when it is told to end', async () => {
    const ending = new AbortController()
    const report = await fuzzingClient({
      servers: [{ agent: 'one', url: listener.url }],
      cases: ['1.1.*'],
      concurrency: 1,
      signal: ending.signal,
      onCase: () => ending.abort(),
    })
    expect(report.rows).toHaveLength(1)
  })

  it('says where there is no such server, or no such case', async () => {
    await expect(fuzzingClient({ servers: [{ agent: 'x', url: 'ws://127.0.0.1:1' }] })).rejects.toThrow(Unreachable)
    await expect(fuzzingClient({ servers: [], cases: ['99.1'] })).rejects.toThrow(NoSuchCase)
  })
})
