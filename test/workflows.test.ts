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

function read(file: string): string {
  return readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
}
