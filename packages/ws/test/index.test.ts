import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import * as theirs from 'ws'
import main from '../src/commonjs.ts'
import * as ours from '../src/index.ts'

describe('the entry', () => {
  it('exports what ws exports, but for its parts of the protocol', () => {
    const parts = ['PerMessageDeflate', 'Receiver', 'Sender', 'extension', 'subprotocol']
    expect(Object.keys(ours).sort()).toEqual(
      Object.keys(theirs)
        .filter(name => !parts.includes(name))
        .sort(),
    )
  })

  it('is the class, with the other exports as properties', () => {
    expect(ours.default).toBe(ours.WebSocket)
    expect(main).toBe(ours.WebSocket)
    const { WebSocket, WebSocketServer, createWebSocketStream } = ours
    expect({ ...ours.default }).toMatchObject({ WebSocket, WebSocketServer, Server: WebSocketServer, createWebSocketStream })
  })
})

describe('the entry for browsers', () => {
  it('exports the same names, and says what to use instead', async () => {
    const browser = await import('../browser.mjs' as string)
    expect(Object.keys(browser).sort()).toEqual(Object.keys(ours).sort())
    for (const name of Object.keys(browser)) expect(() => new browser[name]('ws://x')).toThrow("use the platform's WebSocket")
    expect(createRequire(import.meta.url)('../browser.cjs')).toThrow('in a browser')
  })
})
