import { expect, it } from 'vitest'
import { connectWS } from '../../src/browser/connect-ws.ts'
import { ScriptClient, ScriptFactory, WampSocket } from '../fixtures/script-client.ts'

it('connects a protocol of WAMP', async () => {
  const sockets: WampSocket[] = []
  class KeptSocket extends WampSocket {
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
