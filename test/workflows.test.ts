import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const workflow = read('.github/workflows/ci.yml')

describe('the workflow on GitHub', () => {
  it('runs the commands of .ci/run, and builds what `npm run check` looks at', () => {
    const local = [...read('.ci/run').matchAll(/\bstep (npm .*?)(?:;|$| \|\|)/gm)].map(([, command]) => command!)
    const there = [...workflow.matchAll(/^ +- run: (.*)$/gm)].map(([, command]) => command!)
    expect(local).toContain('npm test')
    expect([...new Set(there)].sort()).toEqual([...new Set([...local, 'npm run build'])].sort())
  })

  it('runs on every line of Node that `npm run interop` has', () => {
    const { optionalDependencies } = JSON.parse(read('interop/package.json')) as { optionalDependencies: object }
    const lines = Object.keys(optionalDependencies).map(name => name.split('-')[1]!)
    expect(/^ +node: \[(.*)\]$/m.exec(workflow)?.[1]?.split(', ')).toEqual([...new Set(lines)].sort())
  })
})

describe('the workflow that publishes', () => {
  const release = read('.github/workflows/release.yml')
  const [check = '', publish = ''] = release.split(/^ {2}publish:$/m)

  it('runs for tags of versions, and before that everything that .ci/run does', () => {
    expect(release).toMatch(/^on:\n {2}push:\n {4}tags: \['v\*'\]\n\n/m)
    expect(publish).toMatch(/^\n {4}needs: check$/m)
    const local = [...read('.ci/run').matchAll(/\bstep (npm .*?)(?:;|$| \|\|)/gm)].map(([, command]) => command!)
    expect([...check.matchAll(/^ +- run: (.*)$/gm)].map(([, command]) => command!)).toEqual(local)
  })

  it('lets only the job that publishes say who it is, and has no token and no script of others beside the setup', () => {
    expect(check).not.toContain('id-token')
    expect(publish).toMatch(/^ {6}id-token: write$/m)
    expect(release).not.toMatch(/secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN/)
    expect([...publish.matchAll(/- (?:run|uses): (.*)$/gm)].map(([, step]) => step)).toEqual([
      'actions/checkout@v5',
      'actions/setup-node@v5',
      'npm ci',
      'node scripts/release.mjs --tag "$TAG" --publish',
    ])
  })
})

function read(file: string): string {
  return readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
}
