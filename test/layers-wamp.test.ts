import { describe, expect, it } from 'vitest'
import { SourceFolder } from './source-folder.ts'

const websocket = '@autobahn-ts/websocket/portable'

/** Who may import whom in `packages/wamp/src`; a folder may always import itself. */
const wamp = new SourceFolder('wamp', {
  keys: ['@noble/hashes/hmac.js', '@noble/hashes/pbkdf2.js', '@noble/hashes/sha2.js'],
  faults: [websocket],
  v1: ['keys', 'faults', websocket],
  node: ['v1', '@autobahn-ts/websocket'],
  browser: ['v1', 'faults', websocket],
})

/** Files that hold nothing to run: types and ports. */
const untested: readonly string[] = ['v1/dispatch.ts', 'v1/message-tier.ts', 'v1/publish-options.ts']

describe('the layers of @autobahn-ts/wamp', () => {
  it('has a rule for every folder', () => {
    expect(wamp.unruled).toEqual([])
  })

  it('imports one way only', () => {
    expect(wamp.wrongImports).toEqual([])
  })
})

describe('the tests of @autobahn-ts/wamp', () => {
  it('has a test file for every source file', () => {
    const isBarrel = (file: string) => ['v1/index.ts', 'node/v1.ts', 'browser/v1.ts'].includes(file)
    expect(wamp.files.filter(file => !untested.includes(file) && !isBarrel(file) && !wamp.hasTest(file))).toEqual([])
  })

  it('excuses only files that exist and hold nothing to run', () => {
    expect(untested.filter(file => !wamp.files.includes(file) || wamp.runs(file))).toEqual([])
  })
})
