import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fuzzingServer } from '@autobahn-ts/testsuite'
import { expect, it } from 'vitest'

const page = readFileSync(new URL('../docs/continuous-integration.md', import.meta.url), 'utf8')

it('has a testee for Node that runs every case, over the WebSocket of the platform', async () => {
  const program = /```js\n(\/\/ testee\.mjs.*?)```/s.exec(page)?.[1]
  expect(program).toBeDefined()
  const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-ci-'))
  const server = await fuzzingServer({ url: 'ws://127.0.0.1:0', cases: ['[1-5].*', '7.*', '10.*'] })
  try {
    writeFileSync(join(folder, 'testee.mjs'), program!)
    // Node 20 has it behind this flag, which later versions accept too.
    const flags = ['--experimental-websocket', '--no-warnings', join(folder, 'testee.mjs'), server.url]
    const testee = spawn(process.execPath, flags, { stdio: ['ignore', 'inherit', 'inherit'] })
    expect(await once(testee, 'exit')).toEqual([0, null])
    const { rows } = server.report
    expect(rows.length).toBeGreaterThan(90)
    expect(rows.filter(({ behavior }) => behavior === 'FAILED').map(({ id, reasons }) => `${id}: ${reasons.behavior}`)).toEqual([])
    expect(rows[0]).toMatchObject({ agent: 'my-client', id: '1.1.1', behavior: 'OK' })
  } finally {
    await server.close()
    rmSync(folder, { recursive: true })
  }
})

it('names only existing flags', async () => {
  const { execFileSync } = await import('node:child_process')
  const help = ['fuzzing-client', 'fuzzing-server'].map(command =>
    execFileSync(process.execPath, ['packages/autobahn-ts/dist/cli.js', 'testsuite', command, '--help'], { encoding: 'utf8' }),
  )
  const flags = [...page.matchAll(/ (--(?:url|agent|cases|outdir|junit|once|timeout|port|[a-z-]*on))\b/g)].map(([, flag]) => flag!)
  for (const flag of new Set(flags)) expect(help.join('')).toContain(` ${flag} `)
})
