import { afterEach, describe, expect, it } from 'vitest'
import type { Listener } from '../../../src/node/edge/listener.ts'
import { permessageDeflate } from '../../../src/node/edge/permessage-deflate.ts'
import { serve } from '../../../src/node/edge/serve.ts'
import { WebSocket } from '../../../src/node/whatwg/web-socket.ts'

let listener: Listener | undefined
afterEach(async () => {
  await listener?.close({ timeout: 0 })
  listener = undefined
})

describe('WebSocket over sockets', () => {
  it('talks to a server', async () => {
    const ws = new WebSocket(await echoUrl(), 'echo')
    ws.binaryType = 'arraybuffer'
    await event(ws, 'open')
    expect([ws.readyState, ws.protocol, ws.extensions]).toEqual([1, 'echo', ''])
    ws.send('text')
    expect((await event(ws, 'message')).data).toBe('text')
    ws.send(new Uint8Array(100_000))
    expect(ws.bufferedAmount).toBe(100_000)
    expect((await event(ws, 'message')).data).toEqual(new ArrayBuffer(100_000))
    expect(ws.bufferedAmount).toBe(0)
    ws.close(1000, 'done')
    expect(await event(ws, 'close')).toMatchObject({ code: 1000, wasClean: true })
    expect(ws.readyState).toBe(3)
  })

  it('sends everything, however much waits already', async () => {
    const ws = new WebSocket(await echoUrl())
    await event(ws, 'open')
    for (let i = 0; i < 30; i++) ws.send(new Uint8Array(1024 * 1024))
    expect(ws.bufferedAmount).toBe(30 * 1024 * 1024)
    let received = 0
    await new Promise<void>(resolve => {
      ws.onmessage = ({ data }) => {
        received += data.size
        if (received === 30 * 1024 * 1024) resolve()
      }
    })
    ws.close()
    expect(await event(ws, 'close')).toMatchObject({ wasClean: true })
  })

  it('has the options of this library in its third argument', async () => {
    const seen: (string | undefined)[] = []
    listener = await serve(
      { port: 0, host: '127.0.0.1', extensions: [permessageDeflate()] },
      {
        '/': async (ws, request) => {
          seen.push(request.headers.get('x-own'), request.headers.get('authorization'))
          for await (const message of ws) await ws.send(message)
        },
      },
    )
    const url = listener.url.replace('//', '//foo:bar@')
    const ws = new WebSocket(url, [], { headers: { 'X-Own': 'yes' }, perMessageDeflate: true, maxMessagePayloadSize: 10 })
    expect(ws.url).toBe(`${url}/`)
    await event(ws, 'open')
    expect(seen).toEqual(['yes', 'Basic Zm9vOmJhcg=='])
    expect(ws.extensions).toContain('permessage-deflate')
    ws.send('more than ten octets')
    const [error, close] = await Promise.all([event(ws, 'error'), event(ws, 'close')])
    expect([error.message, close.code, close.wasClean]).toEqual([expect.stringContaining('limit of 10'), 1006, false])
  })

  it('fails where nobody listens', async () => {
    const url = await echoUrl()
    await listener?.close()
    const ws = new WebSocket(url)
    const [error, close] = await Promise.all([event(ws, 'error'), event(ws, 'close')])
    expect([error.message, close.code]).toEqual([expect.stringContaining('ECONNREFUSED'), 1006])
  })

  it('fails for a port that no server has', async () => {
    const ws = new WebSocket('ws://127.0.0.1:0/')
    expect(await event(ws, 'close')).toMatchObject({ code: 1006 })
  })
})

async function echoUrl(): Promise<string> {
  listener = await serve({ port: 0, host: '127.0.0.1', protocols: ['echo'], maxUnsentSize: 0 }, async ws => {
    for await (const message of ws) await ws.send(message)
  })
  return listener.url
}

// biome-ignore lint/suspicious/noExplicitAny: the events of a WebSocket have different fields
function event(ws: WebSocket, type: string): Promise<any> {
  return new Promise(resolve => ws.addEventListener(type, resolve, { once: true }))
}
