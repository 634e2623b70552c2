import { expect, it } from 'vitest'
import { connectWS } from '../../src/browser/connect-ws.ts'
import { ScriptClient, ScriptFactory, ScriptSocket } from '../fixtures/script-socket.ts'

it('connects a protocol of WAMP', async () => {
  const sockets: ScriptSocket[] = []
  class KeptSocket extends ScriptSocket {
    constructor() {
      super()
      sockets.push(this)
    }
  }
  const connecting = connectWS(new ScriptFactory(), { socketClass: KeptSocket })
  sockets[0]!.accept()
  const client = await connecting
  expect({ isScriptClient: client instanceof ScriptClient, isOpen: client.isOpen, pendingCalls: client.pendingCalls }).toEqual({
    isScriptClient: true,
    isOpen: true,
    pendingCalls: 0,
  })
})
