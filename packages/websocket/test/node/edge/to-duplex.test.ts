import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Message } from '../../../src/conversation/connection.ts'
import type { Handler } from '../../../src/conversation/route.ts'
import type { ServerConnection } from '../../../src/conversation/server-connection.ts'
import { type ConnectionOptions, connect } from '../../../src/node/edge/connect.ts'
import type { Listener } from '../../../src/node/edge/listener.ts'
import { serve } from '../../../src/node/edge/serve.ts'
import { type DuplexOptions, toDuplex } from '../../../src/node/edge/to-duplex.ts'

let listener: Listener | undefined
afterEach(async () => {
  await listener?.close({ timeout: 0 })
  listener = undefined
})

describe('toDuplex', () => {
  it('is a stream of octets, and sends each chunk as a binary message', async () => {
    const { duplex } = await opened(async ws => {
      await ws.send('häßlich')
      await ws.send(Uint8Array.of(1, 2))
      const received: Message[] = [await ws.receive(), await ws.receive()]
      await ws.send(String(received.map(message => (typeof message === 'string' ? message : `octets ${message.length}`))))
    })
    duplex.write('four')
    duplex.write(Buffer.from('sixsix'))
    const chunks: Buffer[] = []
    for await (const chunk of duplex) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toEqual('häßlich\x01\x02octets 4,octets 6')
  })

  it('keeps texts and octets apart in object mode', async () => {
    const { duplex } = await opened(echo, { objectMode: true })
    duplex.write('text')
    duplex.write(Uint8Array.of(1))
    duplex.end('')
    const chunks: unknown[] = []
    for await (const chunk of duplex) chunks.push(chunk)
    expect(chunks).toEqual(['text', Uint8Array.of(1), ''])
  })

  it('sends text where it is told to', async () => {
    const { duplex } = await opened(
      async ws => {
        const message = await ws.receive()
        await ws.send(typeof message)
      },
      { binary: false },
    )
    duplex.write('text')
    const chunks: Buffer[] = []
    for await (const chunk of duplex) chunks.push(chunk)
    expect(chunks).toEqual([Buffer.from('string')])
  })

  it('closes with 1000 when it is ended, and still reads what comes', async () => {
    const { duplex, ws } = await opened(async server => {
      for await (const message of server) await server.send(message)
    })
    const shout = new Transform({ transform: (chunk: Buffer, _, callback) => callback(null, chunk.toString().toUpperCase()) })
    const received: string[] = []
    await pipeline(Readable.from(['a', 'b', 'c']), duplex, shout, async source => {
      for await (const chunk of source) received.push(String(chunk))
    })
    expect(received.join('')).toBe('ABC')
    expect(ws.closeInfo).toMatchObject({ code: 1000, wasClean: true })
  })

  it('stops the peer while it is not read, and is told when there is room', async () => {
    let sent = 0
    const { duplex } = await opened(async ws => {
      for (; sent < 64; sent++) await ws.send(new Uint8Array(1024 * 1024))
    })
    let before = -1
    while (before !== sent) {
      before = sent
      for (let turns = 0; turns < 500; turns++) await new Promise(setImmediate)
    }
    expect(sent).toBeLessThan(64)
    let octets = 0
    for await (const chunk of duplex) octets += chunk.length
    expect(octets).toBe(64 * 1024 * 1024)
  })

  it('waits with a write until there is room', async () => {
    const { duplex, server } = await opened(async ws => {
      ws.protocol.pauseReceiving()
      await ws.closed
    })
    let written = 0
    const write = (): boolean => duplex.write(new Uint8Array(1024 * 1024), () => written++)
    while (write());
    for (let i = 0; i < 20; i++) write()
    let before = -1
    while (before !== written) {
      before = written
      for (let turns = 0; turns < 500; turns++) await new Promise(setImmediate)
    }
    expect(duplex.writableLength).toBeGreaterThan(0)
    server().ignoreMessages()
    server().protocol.resumeReceiving()
    await new Promise(resolve => duplex.once('drain', resolve))
    duplex.destroy()
  })

  it('is destroyed with ConnectionClosed when the connection is lost, after what had come', async () => {
    const { duplex, ws } = await opened(async server => {
      await server.send('last')
      await server.receive()
    })
    const chunks: Buffer[] = []
    const error = await (async () => {
      for await (const chunk of duplex) {
        chunks.push(chunk)
        ws.protocol.dropConnection({ abort: true })
      }
    })().catch((reason: unknown) => reason)
    expect(chunks).toEqual([Buffer.from('last')])
    expect(error).toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
  })

  it('learns that the connection was lost also where it is only written to', async () => {
    const { duplex, server } = await opened(async ws => {
      await ws.closed
    })
    const failed = new Promise(resolve => duplex.once('error', resolve))
    server().terminate()
    expect(await failed).toMatchObject({ name: 'ConnectionClosed' })
    expect(duplex.destroyed).toBe(true)
  })

  it('drops the connection when it is destroyed', async () => {
    const { duplex, ws, server } = await opened(async ws => {
      await ws.closed
    })
    const closed = new Promise(resolve => duplex.once('close', resolve))
    duplex.destroy()
    await closed
    expect(ws.closeInfo?.wasClean).toBe(false)
    expect((await server().closed).code).toBe(1006)
  })

  it('ends both ways when the peer closes', async () => {
    const { duplex } = await opened(ws => ws.send('bye'))
    const events: string[] = []
    for (const event of ['end', 'finish', 'close']) duplex.on(event, () => events.push(event))
    duplex.resume()
    await new Promise(resolve => duplex.once('close', resolve))
    expect(events).toEqual(['end', 'finish', 'close'])
  })

  it('works over a connection that reconnects', async () => {
    const { duplex } = await opened(echo, { objectMode: true }, { reconnect: {} })
    duplex.write('hello')
    expect(await new Promise(resolve => duplex.once('data', resolve))).toBe('hello')
    duplex.end()
    await new Promise(resolve => duplex.once('close', resolve))
  })

  it('refuses what is not a connection, and options that do not exist', async () => {
    expect(() => toDuplex({} as never)).toThrow('toDuplex takes a connection of connect or of a handler')
    const { ws } = await opened(echo)
    const misspelt = { objectmode: true } as object
    expect(() => toDuplex(ws, misspelt)).toThrow('there is no option objectmode of toDuplex; did you mean objectMode?')
  })
})

const echo: Handler = async ws => {
  for await (const message of ws) await ws.send(message)
}

async function opened(handler: Handler, options?: DuplexOptions, connecting: ConnectionOptions = {}) {
  let server: ServerConnection | undefined
  listener = await serve({ port: 0, host: '127.0.0.1' }, (ws, request) => {
    server = ws
    return handler(ws, request)
  })
  const ws = await connect(listener.url, connecting)
  return { ws, duplex: toDuplex(ws, options), server: () => server! }
}
