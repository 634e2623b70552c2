import { describe, expect, it } from 'vitest'
import { type ImportTable, SourceFolder, specifiers } from './source-folder.ts'

/** The imports that are allowed in `packages/websocket/src`; a room may always import itself. */
const allowed: ImportTable = {
  bytes: [],
  'protocol/faults': [],
  'protocol/checks': ['protocol/faults'],
  'protocol/frames': ['bytes', 'protocol/faults'],
  'protocol/life': ['bytes', 'protocol/faults'],
  'protocol/extending': ['bytes', 'protocol/faults', 'protocol/checks', 'protocol/frames'],
  'protocol/options': ['bytes', 'protocol/faults', 'protocol/checks', 'protocol/frames', 'protocol/extending'],
  'protocol/hooks': ['bytes', 'protocol/faults', 'protocol/frames'],
  'protocol/receiving': [
    'bytes',
    'protocol/faults',
    'protocol/frames',
    'protocol/life',
    'protocol/extending',
    'protocol/checks',
    'protocol/options',
    'protocol/hooks',
  ],
  'protocol/sending': [
    'bytes',
    'protocol/faults',
    'protocol/frames',
    'protocol/life',
    'protocol/extending',
    'protocol/checks',
    'protocol/options',
  ],
  'protocol/closing': [
    'bytes',
    'protocol/faults',
    'protocol/frames',
    'protocol/life',
    'protocol/options',
    'protocol/hooks',
    'protocol/receiving',
    'protocol/sending',
  ],
  'protocol/connection': ['bytes', 'protocol'],
  'handshake/http': ['bytes', 'protocol'],
  handshake: ['bytes', 'protocol', 'handshake/http'],
  extensions: ['bytes', 'protocol'],
  application: ['bytes', 'protocol', 'handshake', 'extensions'],
  routing: ['protocol/faults', 'handshake/http'],
  conversation: ['bytes', 'protocol', 'handshake', 'application', 'routing'],
  bus: ['bytes', 'protocol/faults', 'protocol/checks', 'protocol/frames', 'protocol/hooks'],
  channels: ['bytes', 'protocol', 'application', 'conversation', 'bus'],
  reconnect: ['bytes', 'protocol', 'conversation'],
  testing: ['bytes', 'protocol', 'handshake', 'application', 'conversation'],
  whatwg: ['bytes', 'protocol', 'handshake', 'application', 'conversation'],
  'node/runtime': ['bytes', 'protocol'],
  'node/sockets': ['bytes', 'protocol', 'node/runtime'],
  'node/bus': ['bytes', 'protocol/faults', 'protocol/checks', 'protocol/hooks', 'bus'],
  'node/proxies': ['bytes', 'protocol', 'handshake/http', 'node/sockets'],
  'node/edge': [
    'bytes',
    'protocol',
    'handshake',
    'extensions',
    'application',
    'conversation',
    'reconnect',
    'node/runtime',
    'node/sockets',
    'node/proxies',
  ],
  'node/whatwg': ['bytes', 'protocol', 'extensions', 'application', 'whatwg', 'node/edge'],
  browser: ['bytes', 'protocol', 'application', 'conversation', 'reconnect'],
  'browser/whatwg': ['bytes', 'protocol/faults', 'whatwg', 'browser'],
  'portable.ts': ['bytes', 'protocol', 'handshake', 'extensions', 'application', 'routing', 'conversation', 'bus', 'channels', 'reconnect'],
  'internals.ts': ['bytes', 'protocol', 'handshake', 'extensions', 'node'],
  'index.ts': ['portable.ts', 'node'],
  'index-browser.ts': ['portable.ts', 'browser'],
}

/** Files without code that runs: types and ports. A port's behaviour is tested at its implementations. */
const untested: readonly string[] = [
  'bytes/byte-stream.ts',
  'bytes/clock.ts',
  'bytes/crypto.ts',
  'bytes/runtime.ts',
  'bus/bus.ts',
  'channels/census.ts',
  'conversation/connection.ts',
  'conversation/server-connection.ts',
  'conversation/taker.ts',
  'handshake/connection-request.ts',
  'protocol/life/close-info.ts',
  'protocol/closing/closing-parts.ts',
  'protocol/connection/connection-parts.ts',
  'protocol/extending/extension.ts',
  'protocol/hooks/hooks.ts',
  'protocol/connection/observer.ts',
  'routing/path-params.ts',
  'whatwg/dialer.ts',
  'whatwg/event-options.ts',
  'whatwg/streamed-connection.ts',
  'protocol/life/transport-details.ts',
]

const barrels: readonly string[] = ['index.ts', 'index-browser.ts', 'portable.ts', 'internals.ts']

const websocket = new SourceFolder('websocket', allowed)
const { files } = websocket

describe('the layers of @autobahn-ts/websocket', () => {
  it('have a rule for every file, and no rule for an empty room', () => {
    expect(websocket.unruled).toEqual([])
    expect(websocket.empty).toEqual([])
  })

  it('import one way only', () => {
    expect(websocket.wrongImports).toEqual([])
  })

  it('are checked for all forms of imports', () => {
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
  it('exist for every source file', () => {
    expect(files.filter(file => !untested.includes(file) && !isBarrel(file) && !websocket.hasTest(file))).toEqual([])
  })

  it('are missing only for existing files without code that runs', () => {
    expect(untested.filter(file => !files.includes(file) || websocket.runs(file))).toEqual([])
  })
})

/** Whether a file only exports what other files contain. */
function isBarrel(file: string): boolean {
  return barrels.includes(file.split('/').at(-1) ?? '') && !websocket.runs(file)
}
