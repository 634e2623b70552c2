import { describe, expect, it } from 'vitest'
import { webSocketClass } from '../../src/whatwg/web-socket.ts'
import { MemoryDial } from './memory-dial.ts'

const dial = new MemoryDial()
const options: unknown[] = []
const WebSocket = webSocketClass<object>(given => {
  options.push(given)
  return dial.dial
})

describe('the class WebSocket', () => {
  it('has the form that the standard describes', () => {
    expect([WebSocket.name, WebSocket.length, String(WebSocket.prototype)]).toEqual(['WebSocket', 1, '[object WebSocket]'])
    expect(Object.getPrototypeOf(WebSocket)).toBe(EventTarget)
    expect([WebSocket.prototype.send.length, WebSocket.prototype.close.length]).toEqual([1, 0])
    expect([WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED, WebSocket.prototype.CLOSED]).toEqual([0, 1, 2, 3, 3])
    expect(Object.keys(WebSocket.prototype)).toEqual(
      expect.arrayContaining(['url', 'readyState', 'onmessage', 'binaryType', 'send', 'close']),
    )
  })

  it('is assignable to the platform class', () => {
    const assigned: globalThis.WebSocket = new WebSocket('ws://test')
    const assignedClass: typeof globalThis.WebSocket = WebSocket
    expect(assigned).toBeInstanceOf(assignedClass)
  })

  it('begins as the standard says', () => {
    const ws = new WebSocket('http://test/a', ['one', 'two'])
    expect(ws).toMatchObject({
      url: 'ws://test/a',
      readyState: 0,
      bufferedAmount: 0,
      protocol: '',
      extensions: '',
      binaryType: 'blob',
      onopen: null,
      onmessage: null,
      onerror: null,
      onclose: null,
    })
  })

  it('calls handlers and listeners', async () => {
    const ws = new WebSocket('ws://test')
    const calls: string[] = []
    ws.onopen = () => calls.push('open')
    ws.onmessage = event => calls.push(event.data)
    ws.addEventListener('close', event => calls.push(`${event.code}`))
    ws.onclose = () => calls.push('closed')
    const { peer, clock } = await reached()
    peer.accept()
    peer.writeFrame({ payload: 'hi' })
    peer.writeFrame({ opcode: 8, payload: [3, 232] })
    peer.end()
    await clock.settle()
    expect(calls).toEqual(['open', 'hi', '1000', 'closed'])
  })

  it('leaves a binaryType that does not exist', () => {
    const ws = new WebSocket('ws://test')
    Reflect.set(ws, 'binaryType', 'notBlobOrArrayBuffer')
    expect(ws.binaryType).toBe('blob')
    ws.binaryType = 'arraybuffer'
    expect(ws.binaryType).toBe('arraybuffer')
  })

  it('throws the errors of the standard', () => {
    const ws = new WebSocket('ws://test')
    expect(() => Reflect.construct(WebSocket, [])).toThrow(TypeError)
    expect(() => new WebSocket('ws://test', ['a', 'a'])).toThrow(expect.objectContaining({ name: 'SyntaxError' }))
    expect(() => Reflect.apply(ws.send, ws, [])).toThrow(TypeError)
    expect(() => Reflect.apply(ws.send, {}, ['x'])).toThrow(TypeError)
    expect(() => Reflect.set(WebSocket.prototype, 'binaryType', 'blob')).toThrow(TypeError)
    for (const code of [0, 500, NaN, 'string', null, 0x10000 + 1000])
      expect(() => Reflect.apply(ws.close, ws, [code])).toThrow(expect.objectContaining({ name: 'InvalidAccessError' }))
    expect(ws.readyState).toBe(0)
    ws.close()
    expect(ws.readyState).toBe(2)
  })

  it('takes an object for options, and ignores other arguments as the platform does', () => {
    options.length = 0
    new WebSocket('ws://test', [], { useragent: 'mine' })
    Reflect.construct(WebSocket, ['ws://test', 'echo', 'Stray argument'])
    expect(options).toEqual([{ useragent: 'mine' }, undefined])
  })
})

async function reached(): ReturnType<MemoryDial['server']> {
  const before = dial.servers.length
  for (let turns = 0; turns < 20 && dial.servers.length === before; turns++) await undefined
  return dial.servers.at(-1)!
}
