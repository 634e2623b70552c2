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
