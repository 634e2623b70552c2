import { expect, it } from 'vitest'
import { protocolList } from '../../src/browser/connect-options.ts'
import { opened, socketTo } from '../../src/browser/opening.ts'
import { SocketConnection } from '../../src/browser/socket-connection.ts'
import { ScriptSocket } from '../fixtures/script-socket.ts'
import { ScriptClient, ScriptFactory } from './script-client.ts'

it('makes a WebSocket for a URL, with a list of its own', () => {
  let asked: unknown
  const protocols = ['chat']
  class KeptSocket extends ScriptSocket {
    constructor(url: string, offered: string[]) {
      super()
      asked = { url, offered, isCopy: offered !== protocols }
    }
  }
  socketTo('ws://test/', protocols, { socketClass: KeptSocket })
  expect(asked).toEqual({ url: 'ws://test/', offered: ['chat'], isCopy: true })
})

it('makes none where the signal is aborted already', () => {
  class NeverMade extends ScriptSocket {
    constructor() {
      super()
      throw new Error('it was made')
    }
  }
  expect(() => socketTo('ws://test/', [], { socketClass: NeverMade, signal: AbortSignal.abort(new Error('enough')) })).toThrow('enough')
})

it('waits until a connection is open, and leaves no timer', async () => {
  const factory = new ScriptFactory()
  const socket = new ScriptSocket()
  const waiting = opened(connectionOf(factory, socket), factory.fakeClock, {})
  expect(factory.fakeClock.pending).toBe(1)
  socket.accept()
  await waiting
  expect(factory.fakeClock.pending).toBe(0)
})

it('takes lists of strings for subprotocols', () => {
  expect([[], ['chat'], 'chat', [1]].map(value => protocolList.holds(value))).toEqual([true, true, false, false])
})

function connectionOf({ options, fakeClock: clock }: ScriptFactory, socket: ScriptSocket): SocketConnection {
  return new SocketConnection({ socket, hooks: new ScriptClient(), options, clock, maxWaitingSize: () => 0, report: () => undefined })
}
