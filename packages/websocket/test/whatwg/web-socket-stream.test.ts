import { describe, expect, it } from 'vitest'
import { dialledStream } from '../../src/whatwg/dialled-stream.ts'
import { webSocketStreamClass } from '../../src/whatwg/web-socket-stream.ts'
import { MemoryDial } from './memory-dial.ts'

const dial = new MemoryDial()
const options: unknown[] = []
const WebSocketStream = webSocketStreamClass<object>((url, protocols, given) => {
  options.push(given)
  return dialledStream(url, protocols, dial.dial)
})

describe('the class WebSocketStream', () => {
  it('has the form that the standard describes', () => {
    expect([WebSocketStream.name, WebSocketStream.length, String(WebSocketStream.prototype)]).toEqual([
      'WebSocketStream',
      1,
      '[object WebSocketStream]',
    ])
    expect(Object.keys(WebSocketStream.prototype)).toEqual(['url', 'opened', 'closed', 'close'])
  })

  it.each([
    [[], 'TypeError'],
    [['invalid:'], 'SyntaxError'],
    [['ws://test', true], 'TypeError'],
    [['ws://test', { protocols: 'hi' }], 'TypeError'],
    [['ws://test', { protocols: ['a b'] }], 'SyntaxError'],
    [['ws://test', { signal: 1 }], 'TypeError'],
  ])('refuses the arguments %j', (args, name) => {
    expect(() => Reflect.construct(WebSocketStream, args)).toThrow(expect.objectContaining({ name }))
  })

  it('passes the other options on', () => {
    options.length = 0
    const stream = new WebSocketStream('https://test/', { protocols: ['a'], useragent: 'mine' } as { protocols: string[] })
    expect(stream.url).toBe('wss://test/')
    expect(options).toEqual([{ useragent: 'mine' }])
  })

  it('rejects on objects of other classes where it would return a promise', async () => {
    await expect(Reflect.get(WebSocketStream.prototype, 'opened')).rejects.toThrow(TypeError)
    await expect(Reflect.get(WebSocketStream.prototype, 'closed')).rejects.toThrow(TypeError)
    expect(() => Reflect.get(WebSocketStream.prototype, 'url')).toThrow(TypeError)
  })

  it('checks what it is closed with', () => {
    const stream = new WebSocketStream('ws://test')
    expect(() => Reflect.apply(stream.close, stream, [true])).toThrow(TypeError)
    expect(() => stream.close({ closeCode: 1001 })).toThrow(expect.objectContaining({ name: 'InvalidAccessError' }))
    stream.close()
  })
})
