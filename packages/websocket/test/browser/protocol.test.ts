import { describe, expect, it } from 'vitest'
import { ScriptClient, ScriptFactory } from './script-client.ts'

describe('a protocol', () => {
  it('says in its error which function connects it', () => {
    const client = new ScriptClient()
    expect(client.isOpen).toBe(false)
    for (const use of [() => client.state, () => client.closed, () => client.sendMessage('too early'), () => client.factory]) {
      expect(use).toThrow('the protocol is not connected; connectWS does that')
    }
  })

  it('knows its factory and the response', () => {
    const factory = new ScriptFactory()
    const [client, socket] = factory.connect(false)
    expect([client.factory, client.response]).toEqual([factory, undefined])
    socket.accept()
    expect(client.response).toEqual({ protocol: 'chat' })
  })
})

describe('sendMessage', () => {
  it('sends strings as text and octets as binary, unless it is told otherwise', () => {
    const [client, socket] = new ScriptFactory().connect()
    client.sendMessage('ä')
    client.sendMessage('ä', false)
    client.sendMessage(Uint8Array.of(0xc3, 0xa4))
    client.sendMessage('ä', true)
    client.sendMessage(Uint8Array.of(0xc3, 0xa4), false)
    const [octets] = [Uint8Array.of(0xc3, 0xa4)]
    expect(socket.sent).toEqual(['ä', 'ä', octets, octets, 'ä'])
  })

  it('copies octets of shared memory, which the platform does not take', () => {
    const [client, socket] = new ScriptFactory().connect()
    const shared = new Uint8Array(new SharedArrayBuffer(2))
    shared.set([1, 2])
    client.sendMessage(shared)
    const [sent] = socket.sent as Uint8Array[]
    expect({ octets: [...sent!], isShared: sent!.buffer instanceof SharedArrayBuffer }).toEqual({ octets: [1, 2], isShared: false })
  })

  it('takes nothing but strings and octets, and no options in the place of isBinary', () => {
    const [client, socket] = new ScriptFactory().connect()
    for (const payload of [
      5,
      undefined,
      null,
      {},
      new Uint16Array(1),
      new DataView(new ArrayBuffer(1)),
      { [Symbol.toStringTag]: 'Uint8Array' },
    ]) {
      expect(() => client.sendMessage(payload as never)).toThrow(/^a payload must be a string or a Uint8Array, and not /)
    }
    expect(() => client.sendMessage('text', {} as never)).toThrow('isBinary must be true or false, and not [object Object]')
    expect(() => client.sendMessage(Uint8Array.of(0xff), false)).toThrow('a text message must be UTF-8')
    expect(socket.sent).toEqual([])
  })
})
