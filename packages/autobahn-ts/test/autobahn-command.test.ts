import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { autobahnCommand, helpAsFlag } from '../src/autobahn-command.ts'

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

  it('has each flag of each command in the README, in the part about that command', async () => {
    const parts = readFileSync(new URL('../README.md', import.meta.url), 'utf8').split(/^## /m)
    const missing: string[] = []
    for (const [name, command] of await allCommands()) {
      const part = parts.filter(part => part.split('\n')[0]?.includes(`\`${name}\``) || part.startsWith(`\`autobahn-ts ${name}\``))
      const known = `${part.join('')}${shared.has(name) ? parts.join('') : ''}`
      expect(part.length, name).toBe(1)
      for (const { options } of [command, ...command.commands])
        for (const { long, helpGroupHeading } of options)
          if (helpGroupHeading !== 'Protocol options:' && !known.includes(`\`${long}`)) missing.push(`${name} ${long}`)
    }
    expect(missing).toEqual([])
  })

  it('names no flag in a help that the command does not have', async () => {
    for (const [name, command] of await allCommands())
      for (const one of [command, ...command.commands]) {
        const own = [...one.options, ...command.options].map(({ long }) => long)
        const text = one.options.map(({ description }) => description).join(' ')
        expect(
          [...text.matchAll(/--[a-z][\w-]*/g)].map(([flag]) => flag).filter(flag => !own.includes(flag)),
          name,
        ).toEqual([])
      }
  })

  it('says the exit status in the help of each command that gives a result', async () => {
    const commands = new Map(await allCommands())
    const router = commands.get('router')?.commands.find(command => command.name() === 'check')
    const ofTests = commands.get('testsuite')?.commands.filter(command => ['fuzzing-client', 'massconnect'].includes(command.name())) ?? []
    const named = ['connect', 'bench', 'router', 'call', 'publish', 'subscribe', 'register', 'watch'].map(name => commands.get(name))
    for (const command of [...named, router, ...ofTests]) expect(wholeHelp(command!), command?.name()).toMatch(/exit status/i)
    expect(ofTests.length).toBe(2)
  })

  it('shows the help of a command of a command', () => {
    expect(helpAsFlag(['help', 'router', 'check'])).toEqual(['router', 'check', '--help'])
    for (const words of [[], ['help'], ['help', 'router'], ['router', 'check', 'help']]) expect(helpAsFlag(words)).toEqual(words)
    const shown = execFileSync(process.execPath, [join(bin, 'autobahn-ts.js'), 'help', 'router', 'check'], { encoding: 'utf8' })
    expect(shown).toMatch(/^Usage: autobahn-ts router check /)
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

/** The commands that have flags of other commands, which the README names there. */
const shared: ReadonlySet<string> = new Set(['bench', 'watch', 'testsuite'])

async function allCommands(): Promise<(readonly [name: string, command: Command])[]> {
  const names = (await autobahnCommand([])).commands.map(command => command.name()).filter(name => name !== 'help')
  return Promise.all(
    names.map(async name => [name, (await autobahnCommand([name])).commands.find(command => command.name() === name)!] as const),
  )
}

function wholeHelp(command: Command): string {
  let text = ''
  const writeOut = (part: string): void => {
    text += part
  }
  command.configureOutput({ writeOut }).outputHelp()
  return text
}
