import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import * as ours from '../../src/index.ts'
import { closed, next, pair, sameAsWs, serve, take, upgrading } from '../fixtures/same.ts'

describe('createWebSocketStream', () => {
  sameAsWs('takes the options of a Duplex, and ends with the connection', async (face, note) => {
    const { server, url } = await serve(face)
    server.on('connection', socket => {
      socket.send(Buffer.from('hi'))
      socket.close()
    })
    const stream = face.createWebSocketStream(new face.WebSocket(url), { allowHalfOpen: false, encoding: 'utf8' })
    note(stream instanceof Duplex)
    stream.on('data', chunk => note(chunk))
    await once(stream, 'close')
    note(stream.destroyed)
    await closed(server)
  })

  sameAsWs('keeps what is written while the connection is opened', async (face, note) => {
    const { server, url } = await serve(face)
    const stream = face.createWebSocketStream(new face.WebSocket(url))
    stream.write('early')
    stream.end()
    stream.resume()
    const ended = next(stream, 'close')
    const [socket] = await once(server, 'connection')
    socket.on('message', (data: Buffer, isBinary: boolean) => note(data, isBinary))
    note(...(await next(socket, 'close')))
    await ended
    await closed(server)
  })

  for (const [state, event] of [
    ['closing', 'message'],
    ['closed', 'close'],
  ] as const) {
    sameAsWs(`has an error for what is written to a connection that is ${state}`, async (face, note) => {
      const { client, accepted, server } = await pair(face)
      const stream = face.createWebSocketStream(client)
      client.on(event, () => {
        if (event === 'message') client.close()
        stream.write('late')
        stream.resume()
      })
      stream.on('error', error => note(error, stream.destroyed))
      accepted.send('now')
      if (event === 'close') accepted.close()
      await next(stream, 'close')
      await closed(server)
    })
  }

  sameAsWs('gives texts as strings where its readable side has objects', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    const stream = face.createWebSocketStream(client, { readableObjectMode: true })
    accepted.send('text')
    accepted.send(Buffer.from('octets'))
    note(await take(stream, 'data', 2))
    stream.destroy()
    await next(stream, 'close')
    await end()
  })

  sameAsWs('emits the errors of the connection', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    const stream = face.createWebSocketStream(client)
    stream.on('error', error => note(error))
    const ended = Promise.all([next(stream, 'close'), next(accepted, 'close')])
    accepted._socket?.write(Buffer.from([0x85, 0x00]))
    note((await ended)[1])
    await end()
  })

  sameAsWs('is destroyed when both of its sides have ended', async (face, note) => {
    for (const order of ['finish first', 'end first']) {
      const { client, accepted, end } = await pair(face)
      const stream = face.createWebSocketStream(client)
      stream.on('end', () => note('end'))
      stream.on('finish', () => note('finish', stream.destroyed))
      if (order === 'end first') stream.on('end', () => stream.end())
      else {
        client.on('close', () => stream.end())
        stream.on('finish', () => stream.resume())
      }
      if (order === 'end first') stream.resume()
      accepted.send('foo')
      accepted.close()
      await next(stream, 'close')
      await end()
    }
  })

  sameAsWs('can be destroyed, with an error and without', async (face, note) => {
    for (const error of [new Error('Oops'), undefined]) {
      const { client, accepted, end } = await pair(face)
      const stream = face.createWebSocketStream(client)
      stream.on('error', thrown => note(thrown))
      const ended = next(accepted, 'close')
      stream.destroy(error)
      await next(stream, 'close')
      note(...(await ended))
      await end()
    }
  })

  sameAsWs('has no end where the connection could not be opened', async (face, note) => {
    const { server, url } = await upgrading((_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: foo\r\n\r\n')
    })
    const client = new face.WebSocket(url)
    const stream = face.createWebSocketStream(client)
    stream.on('error', error => note(error))
    stream.on('finish', () => note('finish'))
    client.on('upgrade', () => process.nextTick(() => stream.end()))
    await next(stream, 'close')
    server.closeAllConnections()
    server.close()
  })

  sameAsWs('tells a writer to wait, and to go on', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    const stream = face.createWebSocketStream(accepted)
    stream.resume()
    let chunks = 0
    do chunks++
    while (stream.write(Buffer.alloc(1024)))
    note(chunks)
    await next(stream, 'drain')
    note(client.readyState)
    stream.end()
    await next(stream, 'close')
    await end()
  })

  it('carries megabytes through a slow reader, in order', async () => {
    const { client, accepted, end } = await pair(ours)
    const data = randomBytes(4 * 1024 * 1024)
    const [one, other] = [ours.createWebSocketStream(client), ours.createWebSocketStream(accepted)]
    const chunks: Buffer[] = []
    const slow = async (source: AsyncIterable<Buffer>): Promise<void> => {
      for await (const chunk of source) {
        chunks.push(chunk)
        await new Promise(resolve => setImmediate(resolve))
      }
    }
    await Promise.all([
      pipeline(async function* () {
        for (let at = 0; at < data.length; at += 50_000) yield data.subarray(at, at + 50_000)
      }, one),
      pipeline(other, slow),
    ])
    expect(Buffer.concat(chunks).equals(data)).toBe(true)
    await end()
  })

  it('does not hide an error that has no listener', async () => {
    const { client, accepted, end } = await pair(ours)
    ours.createWebSocketStream(client)
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const thrown = next(process, 'uncaughtException')
    accepted._socket?.write(Buffer.from([0x85, 0x00]))
    const [error] = await thrown
    for (const listener of before) process.on('uncaughtException', listener)
    expect(error).toMatchObject({ message: 'Invalid WebSocket frame: invalid opcode 5' })
    await end()
  })
})
