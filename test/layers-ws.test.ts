import { describe, expect, it } from 'vitest'
import { SourceFolder } from './source-folder.ts'

const internals = '@autobahn-ts/websocket/internals'

/** The imports that are allowed in `packages/ws/src`; a room may always import itself. */
const ws = new SourceFolder('ws', {
  wire: [internals],
  node: ['wire', internals],
  'index.ts': ['node'],
  'commonjs.ts': ['index.ts'],
})

describe('the layers of @autobahn-ts/ws', () => {
  it('have a rule for every file, and no rule for an empty room', () => {
    expect(ws.unruled).toEqual([])
    expect(ws.empty).toEqual([])
  })

  it('import one way only', () => {
    expect(ws.wrongImports).toEqual([])
  })
})

describe('the tests of @autobahn-ts/ws', () => {
  it('exist for every source file', () => {
    expect(ws.files.filter(file => file !== 'commonjs.ts' && !ws.hasTest(file))).toEqual([])
  })
})
