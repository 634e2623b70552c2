import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('npm run interop', () => {
  it('exits with 2 and names the parts for an unknown one', () => {
    const { status, stderr } = spawnSync(process.execPath, ['interop/interop.mjs', 'nodes', 'cobol'], { cwd: root, encoding: 'utf8' })
    expect(stderr).toBe(
      'interop: there is no part cobol; known parts: dependents, frameworks, nats, nodes, proxies, python-websockets, runtimes, test-runners, wamp, wpt\n',
    )
    expect(status).toBe(2)
  })

  it('loads nothing that is built before it has built it', () => {
    const loaded = staticImportsFrom('interop/interop.mjs')
    expect(loaded).toContain('./wamp.mjs')
    expect(loaded.filter(name => /\/dist\/|^@autobahn-ts\//.test(name))).toEqual([])
  })
})

describe('the Nodes that the suite was run on', () => {
  const { optionalDependencies } = JSON.parse(read('interop/package.json')) as { optionalDependencies: Record<string, string> }
  const wanted = [...new Set(Object.values(optionalDependencies).map(version => version.split('@')[1]!))]
  const rows = [...read('interop/record/nodes.md').matchAll(/^\| (\d\S*) \| (\d+) \| (\d+) \| \d+ \| (.*?) \| /gm)]

  it('are the oldest that the packages promise and one of each line since then, the same for each processor', () => {
    const { engines } = JSON.parse(read('packages/websocket/package.json')) as { engines: { node: string } }
    expect(`>=${wanted[0]}`).toBe(`${engines.node}.0`)
    expect(wanted.map(version => version.split('.')[0])).toEqual(['20', '22', '24', '26'])
  })

  it.skipIf(process.env.RECORDING_NODES === '1')('are those of the record, where every test passed and every fast path was on', () => {
    expect(rows.map(([, version]) => version)).toEqual(wanted)
    expect(rows.map(([, , passed]) => Number(passed) > 5000)).toEqual(rows.map(() => true))
    expect(rows.map(([, , , failed]) => failed)).toEqual(rows.map(() => '0'))
    expect(rows.map(([, , , , paths]) => paths)).toEqual(rows.map(() => 'readInto on, directWriter on, deflatesAtOnce on, simdMasker on'))
  })

  it('are named by the README', () => {
    const [last, ...others] = wanted.toReversed()
    expect(read('README.md')).toContain(`[was run](interop/record/nodes.md) on ${others.toReversed().join(', ')} and ${last}.`)
  })
})

describe('the recipes for test runners', () => {
  const rows = [...read('interop/record/test-runners.md').matchAll(/^\| (.*) \| (.*) \| (\d\S*) \| (\w+) \|$/gm)]

  it('passed when they were run, each with the version that is installed now', () => {
    const { dependencies } = JSON.parse(read('interop/test-runners/package.json')) as { dependencies: { jest: string } }
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { vitest: string } }
    const runners = { vitest: `vitest ${devDependencies.vitest}`, jest: `jest ${dependencies.jest}` }
    expect(rows.map(([, what, runner, , result]) => ({ what, runner, result }))).toEqual(
      [
        'Vitest',
        'Jest, tests as ES modules',
        'Jest, compiled to CommonJS',
        'Jest with jsdom',
        'Jest, the drop-in for ws',
        'Jest, CommonJS without settings',
      ].map(what => ({
        what,
        runner: what === 'Vitest' ? runners.vitest : runners.jest,
        result: 'passed',
      })),
    )
  })
})

describe('the packages that depend on ws', () => {
  const rows = [...read('interop/record/dependents.md').matchAll(/^\| (\S+) \| (\S+) (\S+?),? .*\| (.*) \| (\w+) \|$/gm)]

  it('did their job on the drop-in when that was run, each in the version that is installed now', () => {
    const { dependencies } = JSON.parse(read('interop/dependents/package.json')) as { dependencies: Record<string, string> }
    expect(rows.length).toBeGreaterThan(10)
    for (const [, name, named, version, , result] of rows)
      expect({ name, version, result }).toEqual({ name: named, version: dependencies[name!], result: 'passed' })
  })
})

function read(file: string): string {
  return readFileSync(root + file, 'utf8')
}

/** The names in the imports of a module and of the modules of the repository that it imports, except those that it imports while it runs. */
function staticImportsFrom(file: string, seen = new Set([file])): string[] {
  const names = [...read(file).matchAll(/^(?:import|export)\b[^'"`;()]*?['"]([^'"]+)['"]/gm)].map(([, name]) => name!)
  const files = names.filter(name => name.startsWith('.')).map(name => join(file, '..', name))
  const further = files.filter(next => !next.includes('dist') && !seen.has(next))
  for (const next of further) seen.add(next)
  return [...names, ...further.flatMap(next => staticImportsFrom(next, seen))]
}
