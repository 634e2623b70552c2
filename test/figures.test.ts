import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { withoutFigures } from '../bench/report/marks.mjs'

describe('the measured figures of the documents', () => {
  it('agree with docs/benchmarks/; if not, run: node scripts/write-figures.mjs', () => {
    const script = fileURLToPath(new URL('../scripts/write-figures.mjs', import.meta.url))
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('are between marks: outside of them no document contains a measurement', () => {
    const lines = documents().flatMap(document => found(document, /\d ?(µs|ns)\b/))
    expect(lines).toEqual([])
  })

  it('contain the memory of connections and compressors in docs/memory.md only', () => {
    const sources = readdirSync(`${root}packages`).flatMap(name => below(`packages/${name}/src`, '.ts'))
    const lines = [...documents(), ...sources].flatMap(file => found(file, memory))
    expect(lines).toEqual([])
  })
})

const root = fileURLToPath(new URL('../', import.meta.url))
const size = String.raw`\d (KiB|kB|KB|MiB|MB|GiB|GB)`
const held = '(idle connections?|compressors?|decompressors?|inflaters?)'
const memory = new RegExp(
  `${size} (per|for each|for an|of|each) (an )?(idle connection|${held})|${held} [^.|\\n]{0,30}(takes?|took|weighs?) [^.|\\n]{0,20}${size}`,
)

/**
 * Returns the documents for users and contributors. Decisions and the changelog are left out, because they quote the figures of their date.
 */
function documents(): string[] {
  const packages = readdirSync(`${root}packages`)
  return [
    ...['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'bench/README.md'],
    ...readdirSync(`${root}docs`).flatMap(name => (name.endsWith('.md') ? [`docs/${name}`] : [])),
    ...packages.flatMap(name => [`packages/${name}/README.md`, ...below(`packages/${name}/src`, '.md')]),
    ...below('examples', '.md').filter(file => !file.includes('node_modules')),
  ]
}

function below(folder: string, ending: string): string[] {
  const all = readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
  return all.filter(file => file.endsWith(ending)).map(file => `${folder}/${file}`)
}

function found(file: string, pattern: RegExp): string[] {
  const lines = withoutFigures(readFileSync(`${root}${file}`, 'utf8')).split('\n')
  return lines.filter(line => pattern.test(line)).map(line => `${file}: ${line}`)
}
