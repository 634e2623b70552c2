import { describe, expect, it } from 'vitest'
import { type ImportTable, SourceFolder, specifiers } from './source-folder.ts'

/** Who may import whom in `packages/websocket/src`; a folder may always import itself. */
const allowed: ImportTable = {
  bytes: [],
  protocol: ['bytes'],
  handshake: ['bytes', 'protocol'],
  extensions: ['bytes', 'protocol'],
  classes: ['bytes', 'protocol', 'handshake', 'extensions'],
  functions: ['bytes', 'protocol', 'handshake', 'classes'],
  testing: ['bytes', 'protocol', 'handshake', 'classes'],
  node: ['bytes', 'protocol', 'handshake', 'extensions', 'classes', 'functions', 'testing'],
  'portable.ts': ['bytes', 'protocol', 'handshake', 'extensions', 'classes', 'functions'],
  'index.ts': ['portable.ts', 'node'],
}

/** Files that hold nothing to run: types and ports. A port's behaviour is tested at its implementations. */
const untested: readonly string[] = [
  'bytes/byte-stream.ts',
  'bytes/clock.ts',
  'bytes/crypto.ts',
  'bytes/runtime.ts',
  'functions/connection.ts',
  'functions/taker.ts',
  'handshake/connection-request.ts',
  'protocol/close-info.ts',
  'protocol/connection-parts.ts',
  'protocol/extension.ts',
  'protocol/hooks.ts',
  'protocol/observer.ts',
  'protocol/send-options.ts',
  'protocol/transport-details.ts',
]

const barrels: readonly string[] = ['index.ts', 'portable.ts']

const websocket = new SourceFolder('websocket', allowed)
const { files } = websocket

describe('the layers of @autobahn-ts/websocket', () => {
  it('has a rule for every folder', () => {
    expect(websocket.unruled).toEqual([])
  })

  it('imports one way only', () => {
    expect(websocket.wrongImports).toEqual([])
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
    expect(files.filter(file => !untested.includes(file) && !isBarrel(file) && !websocket.hasTest(file))).toEqual([])
  })

  it('excuses only files that exist and hold nothing to run', () => {
    expect(untested.filter(file => !files.includes(file) || websocket.runs(file))).toEqual([])
  })
})

/** A file that only passes on what other files hold. */
function isBarrel(file: string): boolean {
  return barrels.includes(file.split('/').at(-1) ?? '') && !websocket.runs(file)
}
