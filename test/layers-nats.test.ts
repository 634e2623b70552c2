import { describe, expect, it } from 'vitest'
import { SourceFolder } from './source-folder.ts'

const websocket = '@autobahn-ts/websocket/portable'

/** The imports that are allowed in `packages/nats/src`; a room may always import itself. */
const nats = new SourceFolder('nats', {
  wire: [websocket],
  history: ['wire', websocket, '@nats-io/transport-node', '@nats-io/jetstream'],
  node: ['history', 'wire', websocket, '@nats-io/transport-node'],
  'index.ts': ['node', 'history', 'wire'],
})

describe('the layers of @autobahn-ts/nats', () => {
  it('have a rule for every file, and no rule for an empty room', () => {
    expect(nats.unruled).toEqual([])
    expect(nats.empty).toEqual([])
  })

  it('import one way only', () => {
    expect(nats.wrongImports).toEqual([])
  })
})

describe('the tests of @autobahn-ts/nats', () => {
  it('exist for every source file', () => {
    expect(nats.files.filter(file => file !== 'index.ts' && !nats.hasTest(file))).toEqual([])
  })
})
