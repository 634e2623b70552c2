import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))

describe('against packages that happen to be installed', () => {
  it('finds sources to look at', () => {
    expect(sources).toContain('index.ts')
    expect(sources.length).toBeGreaterThan(50)
  })

  it('finds no module that is loaded while the library runs, where somebody could have put another', () => {
    const loading = /\bimport\s*\(|\brequire\s*\(|createRequire|getBuiltinModule|process\.dlopen|\beval\s*\(|new Function\b/
    expect(linesWith(loading).filter(line => !/(getBuiltinModule|import)\('(node:|\.{1,2}\/)[\w/:.-]+'\)/.test(line))).toEqual([])
  })

  it('finds no import but of the sources and of Node', () => {
    expect(linesWith(/\bfrom\s*['"](?!\.{1,2}\/|node:)|^\s*import\s*['"](?!\.{1,2}\/|node:)/)).toEqual([])
    expect(linesWith(/\bfrom 'node:net'/)).not.toEqual([])
  })

  it('finds no package to be installed along', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object
    for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
      expect(manifest).not.toHaveProperty(kind)
    }
  })
})

function linesWith(pattern: RegExp): string[] {
  return sources.flatMap(name =>
    readFileSync(join(root, 'src', name), 'utf8')
      .split('\n')
      .filter(line => pattern.test(line))
      .map(line => `${name}: ${line.trim()}`),
  )
}
