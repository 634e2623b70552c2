import { afterEach, describe, expect, it } from 'vitest'
import type { Listener } from '../../../src/node/edge/listener.ts'
import { serve } from '../../../src/node/edge/serve.ts'
import { WebSocketStream } from '../../../src/node/whatwg/web-socket-stream.ts'

let listener: Listener | undefined
afterEach(async () => {
  await listener?.close({ timeout: 0 })
  listener = undefined
})

describe('WebSocketStream over sockets', () => {
  it('is two streams', async () => {
    listener = await serve({ port: 0, host: '127.0.0.1', protocols: ['echo'] }, async ws => {
      for await (const message of ws) await ws.send(message)
    })
    const stream = new WebSocketStream(listener.url, { protocols: ['echo'], headers: { 'X-Own': 'yes' } })
    const { readable, writable, protocol } = await stream.opened
    expect(protocol).toBe('echo')
    const writer = writable.getWriter()
    await writer.write('hello')
    const reader = readable.getReader()
    expect(await reader.read()).toEqual({ done: false, value: 'hello' })
    await writer.close()
    expect(await stream.closed).toEqual({ closeCode: 1005, reason: '' })
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  it('stops a server whose messages nobody reads, and takes up where it was', async () => {
    let sent = 0
    let reader: ReadableStreamDefaultReader | undefined
    const stopped = new Promise<void>(resolve => {
      void (async () => {
        listener = await serve({ port: 0, host: '127.0.0.1' }, async ws => {
          for (; sent < 64; sent++) {
            const write = ws.send(new Uint8Array(1024 * 1024))
            // stopped where a write takes longer than a hundred turns in which nothing moves
            const isStopped = await Promise.race([write.then(() => false), turns(2000).then(() => true)])
            if (isStopped) resolve()
            await write
          }
        })
        reader = (await new WebSocketStream(listener.url).opened).readable.getReader() as ReadableStreamDefaultReader
      })()
    })
    await stopped
    expect(sent).toBeLessThan(64)
    let octets = 0
    for (let next = await reader!.read(); !next.done; next = await reader!.read()) octets += next.value.length
    expect(octets).toBe(64 * 1024 * 1024)
  })
})

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate)
}
