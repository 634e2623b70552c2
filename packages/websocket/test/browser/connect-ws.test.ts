import { afterEach, describe, expect, it } from 'vitest'
import { connectWS } from '../../src/browser/connect-ws.ts'
import type { ConnectOptions } from '../../src/browser/opening.ts'
import { ScriptSocket } from '../fixtures/script-socket.ts'
import { ScriptClient, ScriptFactory } from './script-client.ts'

const sockets: KeptSocket[] = []
afterEach(() => void sockets.splice(0))

class KeptSocket extends ScriptSocket {
  readonly asked: readonly [url: string, protocols: readonly string[]]

  constructor(url: string, protocols: string[]) {
    super()
    this.asked = [url, protocols]
    sockets.push(this)
  }
}

describe('connectWS', () => {
  it('resolves when the connection is open', async () => {
    const { factory, connecting, socket } = begin()
    expect(socket.asked).toEqual(['ws://test/', ['chat', 'superchat']])
    socket.accept()
    expect((await connecting).isOpen).toBe(true)
    expect(factory.fakeClock.pending).toBe(0)
  })

  it('rejects where it cannot be opened, and leaves no timer', async () => {
    const { factory, connecting, socket } = begin()
    const rejected = expect(connecting).rejects.toMatchObject({ name: 'HandshakeFailed', message: 'the connection could not be opened' })
    socket.end()
    await rejected
    expect(factory.fakeClock.pending).toBe(0)
  })

  it('gives up after its time', async () => {
    const { factory, connecting, socket } = begin({ timeout: 2 })
    const rejected = expect(connecting).rejects.toMatchObject({
      name: 'HandshakeFailed',
      message: 'the connection did not open within 2 s',
    })
    factory.fakeClock.advance(2000)
    await rejected
    expect(socket.closes).toEqual([[]])
    const unbounded = begin({ timeout: 0 })
    expect(unbounded.factory.fakeClock.pending).toBe(0)
    unbounded.socket.accept()
    await unbounded.connecting
  })

  it('gives up when the signal is aborted, and not once it is open', async () => {
    const controller = new AbortController()
    const open = begin({ signal: controller.signal })
    open.socket.accept()
    const client = await open.connecting
    const { connecting, socket } = begin({ signal: controller.signal })
    const rejected = expect(connecting).rejects.toThrow('enough')
    controller.abort(new Error('enough'))
    await rejected
    expect([socket.closes, client.isOpen]).toEqual([[[]], true])
    const before = sockets.length
    await expect(connectWS(new ScriptFactory(), { signal: controller.signal, socketClass: KeptSocket })).rejects.toThrow('enough')
    expect(sockets.length).toBe(before)
  })
})

describe('what connectWS refuses', () => {
  it('is anything but a factory, and options that do not exist', async () => {
    const misuse = (why: string) => expect.objectContaining({ name: 'ApiMisuse', message: expect.stringContaining(why) })
    await expect(connectWS('ws://test/' as never, { socketClass: KeptSocket })).rejects.toEqual(misuse('connectWS takes a client factory'))
    await expect(connectWS(new ScriptFactory(), { timeOut: 3 } as object)).rejects.toEqual(misuse('did you mean timeout?'))
    expect(sockets).toEqual([])
  })

  it('is what the platform refuses, with its reason', async () => {
    class Refusing extends ScriptSocket {
      constructor() {
        super()
        throw new SyntaxError('the subprotocol is invalid')
      }
    }
    await expect(connectWS(new ScriptFactory(), { socketClass: Refusing })).rejects.toMatchObject({
      name: 'ApiMisuse',
      message: 'the platform does not connect to ws://test/: the subprotocol is invalid',
    })
  })

  it('leaves no WebSocket behind where buildProtocol throws', async () => {
    const factory = new ScriptFactory()
    factory.buildProtocol = () => {
      throw new Error('no protocol today')
    }
    await expect(connectWS(factory, { socketClass: KeptSocket })).rejects.toThrow('no protocol today')
    expect(sockets.map(({ closes }) => closes)).toEqual([[[]]])
  })
})

function begin(options: ConnectOptions = {}) {
  const factory = new ScriptFactory(ScriptClient, { protocols: ['chat', 'superchat'] })
  const connecting = connectWS(factory, { socketClass: KeptSocket, ...options })
  return { factory, connecting, socket: sockets.at(-1)! }
}
