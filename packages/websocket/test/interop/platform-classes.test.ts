import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { WebSocket } from '../../src/node/whatwg/web-socket.ts'
import { WebSocketStream } from '../../src/node/whatwg/web-socket-stream.ts'
import { pattern } from './recording.ts'

let server: WebSocketServer
let url: string
beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true })
  server.on('connection', ws => {
    ws.on('message', (data, isBinary) => {
      if (String(data) === 'close with 4001') ws.close(4001, 'as asked')
      else if (String(data) === 'drop') ws.terminate()
      else ws.send(data, { binary: isBinary })
    })
  })
  await once(server, 'listening')
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterEach(() => {
  for (const client of server.clients) client.terminate()
  server.close()
})

describe("the platform's WebSocket of this library against the server of ws", () => {
  for (const perMessageDeflate of [false, true]) {
    it(`gets text and octets of all lengths back, with perMessageDeflate ${perMessageDeflate}`, async () => {
      const ws = new WebSocket(url, [], { perMessageDeflate })
      ws.binaryType = 'arraybuffer'
      await event(ws, 'open')
      expect(ws.extensions.startsWith('permessage-deflate')).toBe(perMessageDeflate)
      ws.send('Grüße, 世界 🌍')
      expect((await event(ws, 'message')).data).toBe('Grüße, 世界 🌍')
      for (const length of [0, 125, 126, 65_535, 65_536, 1024 * 1024]) {
        ws.send(pattern(length))
        const { data } = await event(ws, 'message')
        expect(pattern(length).equals(new Uint8Array(data))).toBe(true)
      }
      ws.close(3000, 'done')
      expect(await event(ws, 'close')).toMatchObject({ code: 3000, reason: 'done', wasClean: true })
    })
  }

  it('is told how the server ends', async () => {
    const closed = new WebSocket(url)
    await event(closed, 'open')
    closed.send('close with 4001')
    expect(await event(closed, 'close')).toMatchObject({ code: 4001, reason: 'as asked', wasClean: true })

    const dropped = new WebSocket(url)
    await event(dropped, 'open')
    dropped.send('drop')
    expect(await event(dropped, 'close')).toMatchObject({ code: 1006, reason: '', wasClean: false })
  })
})

describe("the platform's WebSocketStream of this library against the server of ws", () => {
  it('writes and reads', async () => {
    const stream = new WebSocketStream(url)
    const { readable, writable } = await stream.opened
    const writer = writable.getWriter()
    const reader = readable.getReader()
    for (const length of [1, 70_000, 5_000_000]) {
      const written = writer.write(pattern(length))
      const { value } = await reader.read()
      await written
      expect(pattern(length).equals(value as Uint8Array)).toBe(true)
    }
    stream.close({ closeCode: 4002, reason: 'enough' })
    expect(await stream.closed).toEqual({ closeCode: 4002, reason: 'enough' })
  })
})

// biome-ignore lint/suspicious/noExplicitAny: the events of a WebSocket have different fields
function event(target: EventTarget, type: string): Promise<any> {
  return new Promise(resolve => target.addEventListener(type, resolve, { once: true }))
}
