import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** The imports that are allowed in `packages/testsuite/src`; a folder may always import itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  payloads: ['wire'],
  cases: ['wire', 'payloads'],
  run: ['wire', 'cases'],
  report: ['wire', 'cases', 'run'],
  fuzzing: ['wire', 'cases', 'run', 'report'],
  // Only the testees may import the library, which is what they test.
  testees: ['@autobahn-ts/websocket'],
  'index.ts': ['wire', 'cases', 'run', 'report', 'fuzzing', 'testees'],
}

/** Files without code that runs, or whose cases are tested as a whole catalogue and in conversations. */
const untested: readonly string[] = ['cases/case.ts', 'report/report-writer.ts', 'run/opening-record.ts', 'run/pace.ts']
const testedTogether =
  /^(cases\/\d.*|run\/(conversation|testee-link|open-as-.*|read-head|write-in-parts)|fuzzing\/control-answer|testees\/.*)\.ts$/

const source = fileURLToPath(new URL('../packages/testsuite/src', import.meta.url))
const tests = fileURLToPath(new URL('../packages/testsuite/test', import.meta.url))
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map(path => path.split(sep).join('/'))
  .filter(file => file.endsWith('.ts'))
  .sort()

describe('the layers of @autobahn-ts/testsuite', () => {
  it('have a rule for every folder', () => {
    expect([...new Set(files.map(layer))].filter(name => !(name in allowed))).toEqual([])
  })

  it('import one way only, and the library in the testees only', () => {
    const wrong = files.flatMap(file =>
      imports(file)
        .filter(name => !mayImport(file, name))
        .map(name => `${file} imports ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('are checked for all forms of imports', () => {
    expect(imports('testees/testee-server.ts')).toContain('@autobahn-ts/websocket')
    expect(mayImport('run/judge.ts', '@autobahn-ts/websocket')).toBe(false)
    expect(mayImport('run/judge.ts', '../../../websocket/src/index.ts')).toBe(false)
    expect(mayImport('wire/frame.ts', '../run/judge.ts')).toBe(false)
  })

  it('have a test file for every source file, except for those that are tested together', () => {
    const isTested = (file: string): boolean => existsSync(join(tests, file.replace(/\.ts$/, '.test.ts')))
    expect(files.filter(file => file !== 'index.ts' && !untested.includes(file) && !testedTogether.test(file) && !isTested(file))).toEqual(
      [],
    )
  })
})

function mayImport(file: string, name: string): boolean {
  if (name.startsWith('node:')) return true
  const target = name.startsWith('.') ? layer(posix.join(posix.dirname(file), name)) : name
  return target === layer(file) || (allowed[layer(file)]?.includes(target) ?? false)
}

function imports(file: string): string[] {
  const code = readFileSync(join(source, file), 'utf8')
    .replace(/^\s*\/\*[\s\S]*?\*\//gm, '')
    .replace(/^\s*\/\/.*$/gm, '')
  return [...code.matchAll(/\bfrom\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g)].map(match => match[1] ?? match[2] ?? '')
}

function layer(file: string): string {
  return file.split('/')[0] ?? file
}
