import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { autobahnCommand } from '../src/autobahn-command.ts'

const bin = fileURLToPath(new URL('../bin', import.meta.url))

describe('the command line', () => {
  it('lists all commands, and loads the one that is asked for', async () => {
    const help = (await autobahnCommand([])).helpInformation()
    for (const name of ['demo', 'connect', 'echo', 'bench', 'testsuite']) expect(help).toMatch(new RegExp(`^ {2}${name} `, 'm'))
    const { commands } = await autobahnCommand(['echo'])
    expect(commands.find(command => command.name() === 'echo')?.options.length).toBeGreaterThan(10)
    expect(commands.find(command => command.name() === 'bench')?.options.length).toBe(0)
  })

  it('says the same of a command in the list as in its own help', async () => {
    const listed = (await autobahnCommand([])).commands
    for (const { name, description } of listed.map(command => ({ name: command.name(), description: command.description() }))) {
      const own = (await autobahnCommand([name])).commands.find(command => command.name() === name)
      expect(own?.description().startsWith(description)).toBe(true)
    }
  })

  it('loads the command that help is asked of', async () => {
    const { commands } = await autobahnCommand(['help', 'bench'])
    expect(commands.find(command => command.name() === 'bench')?.options.length).toBeGreaterThan(5)
  })

  it('says in a clone that is not built what to do', () => {
    const folder = mkdtempSync(join(tmpdir(), 'not-built-'))
    cpSync(bin, join(folder, 'bin'), { recursive: true })
    try {
      execFileSync(process.execPath, [join(folder, 'bin/autobahn-ts.js')], { stdio: 'pipe' })
      expect.unreachable()
    } catch (error) {
      expect(String((error as { stderr: Buffer }).stderr)).toContain('run "npm run build"')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
