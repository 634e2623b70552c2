import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** Who may import whom in `packages/websocket/src`; a folder may always import itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  bytes: [],
  protocol: ['bytes'],
  handshake: ['bytes', 'protocol'],
  extensions: ['bytes', 'protocol'],
  classes: ['bytes', 'protocol', 'handshake', 'extensions'],
  functions: ['bytes', 'protocol', 'handshake', 'classes'],
  testing: ['bytes', 'protocol', 'handshake', 'classes'],
  node: ['bytes', 'protocol', 'handshake', 'extensions', 'classes', 'functions', 'testing'],
  'portable.ts': ['bytes', 'protocol', 'handshake', 'extensions', 'classes', 'functions'],
  'index.ts': ['bytes', 'protocol', 'handshake', 'extensions', 'classes', 'functions', 'testing', 'node'],
}

/** Files that hold nothing to run: types and ports. A port's behaviour is tested at its implementations. */
const untested: readonly string[] = [
  'bytes/byte-stream.ts',
  'bytes/clock.ts',
  'bytes/crypto.ts',
  'bytes/runtime.ts',
  'functions/connection.ts',
  'handshake/connection-request.ts',
  'node/connect-options.ts',
  'protocol/close-info.ts',
  'protocol/connection-parts.ts',
  'protocol/extension.ts',
  'protocol/hooks.ts',
  'protocol/observer.ts',
  'protocol/send-options.ts',
  'protocol/transport-details.ts',
]

const barrels: readonly string[] = ['index.ts', 'portable.ts']

const source = fileURLToPath(new URL('../packages/websocket/src', import.meta.url))
const tests = fileURLToPath(new URL('../packages/websocket/test', import.meta.url))
const files = sourceFiles()

describe('the layers of @autobahn-ts/websocket', () => {
  it('has a rule for every folder', () => {
    expect([...new Set(files.map(layer))].filter(name => !(name in allowed))).toEqual([])
  })

  it('imports one way only', () => {
    expect(files.flatMap(wrongImports)).toEqual([])
  })

  it('knows the ways a module is named', () => {
    const text = [
      "import { a } from '../one/a.ts'",
      "import type {\n  B,\n} from '../two/b.ts'",
      "export * from './c.ts'",
      "import './d.ts'",
      "const e = await import('../five/e.ts')",
      "/**\n * import { x } from 'not-this'\n */",
      "// import { y } from 'nor-this'",
    ].join('\n')
    expect(specifiers(text).sort()).toEqual(['../five/e.ts', '../one/a.ts', '../two/b.ts', './c.ts', './d.ts'])
  })
})

describe('the tests of @autobahn-ts/websocket', () => {
  it('has a test file for every source file', () => {
    const tested = (file: string) => existsSync(join(tests, file.replace(/\.ts$/, '.test.ts')))
    expect(files.filter(file => !untested.includes(file) && !isBarrel(file) && !tested(file))).toEqual([])
  })

  it('excuses only files that exist and hold nothing to run', () => {
    expect(untested.filter(file => !files.includes(file) || runs(file))).toEqual([])
  })
})

function wrongImports(file: string): string[] {
  return specifiers(read(file))
    .filter(specifier => !mayImport(file, specifier))
    .map(specifier => `${file} imports ${specifier}`)
}

function mayImport(file: string, specifier: string): boolean {
  if (specifier.startsWith('node:')) return layer(file) === 'node'
  // The package has no dependencies, so every other bare name is wrong as well.
  if (!specifier.startsWith('.')) return false
  const target = layer(posix(relative(source, join(source, dirname(file), specifier))))
  return target === layer(file) || (allowed[layer(file)]?.includes(target) ?? false)
}

function specifiers(text: string): string[] {
  const code = text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '')
  return forms.flatMap(form => [...code.matchAll(form)].map(match => match[1] ?? ''))
}

/** An index that only passes on what other files hold. */
function isBarrel(file: string): boolean {
  return barrels.includes(file.split('/').at(-1) ?? '') && !runs(file)
}

function runs(file: string): boolean {
  return /^(export\s+)?(default|abstract|async|class|const|function|let|var)\b/m.test(read(file))
}

/** The folder of a file below `src`, or the file itself where it lies in no folder. */
function layer(file: string): string {
  return file.split('/')[0] ?? file
}

function sourceFiles(): string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .map(posix)
    .filter(file => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .sort()
}

function read(file: string): string {
  return readFileSync(join(source, file), 'utf8')
}

function posix(path: string): string {
  return path.split(sep).join('/')
}

const forms = [
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\s*\(\s*['"]([^'"]+)['"]/g,
]
