import { describe, expect, it } from 'vitest'
import type { Message } from '../../src/conversation/connection.ts'
import { masked } from '../application/memory-link.ts'
import { until } from '../fixtures/until.ts'
import { raisesNothingUnhandled, served, talk, watched } from './talk.ts'

raisesNothingUnhandled()

describe('readable', () => {
  it('has the messages, and ends with the connection', async () => {
    const { ws } = await talk(async server => {
      await server.send('text')
      await server.send(Uint8Array.of(1, 2))
    })
    const received: Message[] = []
    for await (const message of ws.readable) received.push(message)
    expect(received).toEqual(['text', Uint8Array.of(1, 2)])
    expect(ws.readable).toBe(ws.readable)
  })

  it('takes no message before it is read, so that others receive', async () => {
    const { ws } = await talk(async server => {
      for (const text of ['a', 'b', 'c']) await server.send(text)
    })
    const reader = ws.readable.getReader()
    expect(await ws.receive()).toBe('a')
    expect(await reader.read()).toEqual({ done: false, value: 'b' })
    expect(await ws.receive()).toBe('c')
  })

  it('fails when the connection is lost, after what has come', async () => {
    const { ws, server } = await talk(async server => {
      await server.send('last')
      await server.receive()
    })
    await until(() => ws.protocol.trafficStats.incomingWebSocketMessages === 1)
    server.dropConnection({ abort: true })
    const reader = ws.readable.getReader()
    expect(await reader.read()).toEqual({ done: false, value: 'last' })
    await expect(reader.read()).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
  })

  it('leaves the connection open when it is cancelled, and discards what comes until the application receives', async () => {
    const { ws } = await talk(async server => {
      for (const text of ['a', 'b']) await server.send(text)
      await server.receive()
      await server.send('answer')
      await server.receive()
    })
    for await (const message of ws.readable) {
      expect(message).toBe('a')
      break
    }
    await until(() => ws.protocol.trafficStats.incomingWebSocketMessages === 2)
    const answer = ws.receive()
    await ws.send('question')
    expect(await answer).toBe('answer')
    await ws.close()
  })

  it('gives a message that it was waiting for to the next call when it is cancelled', async () => {
    const { ws } = await talk(async server => {
      await server.receive()
      await server.send('late')
      await server.receive()
    })
    const reader = ws.readable.getReader()
    const read = reader.read()
    await reader.cancel()
    expect(await read).toEqual({ done: true, value: undefined })
    const received = ws.receive()
    await ws.send('go')
    expect(await received).toBe('late')
    await ws.close()
  })
})

describe('writable', () => {
  it('sends each chunk as a message, and closes the connection', async () => {
    const { ws, server } = await talk(async server => {
      const received: Message[] = []
      for await (const message of server) received.push(message)
      expect(received).toEqual(['text', Uint8Array.of(1, 2)])
    })
    const writer = ws.writable.getWriter()
    await writer.write('text')
    await writer.write(Uint8Array.of(1, 2))
    await writer.close()
    expect(server.closeInfo).toMatchObject({ code: 1000, wasClean: true })
    expect(ws.closeInfo?.wasClean).toBe(true)
  })

  it('leaves what the peer still sends to the reader when it is closed', async () => {
    const { ws } = await talk(async server => {
      for await (const message of server) await server.send(`${String(message)}!`)
    })
    const writer = ws.writable.getWriter()
    for (const text of ['a', 'b']) void writer.write(text)
    const closed = writer.close()
    const received: Message[] = []
    for await (const message of ws.readable) received.push(message)
    await closed
    expect(received).toEqual(['a!', 'b!'])
  })

  it('waits for room', async () => {
    let written: ReturnType<typeof watched> | undefined
    const { peer } = await served(async ws => {
      const writing = ws.writable.getWriter().write(new Uint8Array(500_000))
      written = watched(writing)
      await writing
    })
    peer.stream.pause()
    await until(() => written !== undefined)
    for (let turns = 0; turns < 10; turns++) await new Promise(setImmediate)
    expect(written?.state).toBe('pending')
    peer.stream.resume()
    await peer.frame('close 1000')
    expect(written?.state).toBe('resolved')
  })

  it('refuses what is not a message', async () => {
    const { ws } = await talk(server => server.closed.then(() => undefined))
    await expect(ws.writable.getWriter().write(5 as unknown as string)).rejects.toMatchObject({ name: 'ApiMisuse' })
    await ws.close()
  })

  it('fails the connection when it is aborted', async () => {
    const { ws, server } = await talk(server => server.closed.then(() => undefined))
    await ws.writable.abort(new Error('the file is gone'))
    expect((await server.closed).code).toBe(1011)
    expect((await ws.closed).cause?.message).toBe('the file is gone')
  })

  it('fails when the connection is gone', async () => {
    const { ws } = await talk(async server => {
      await server.close(4000, 'bye')
    })
    const { closed } = ws.writable.getWriter()
    await expect(closed).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 4000 })
  })
})

it('an echo is one line', async () => {
  const { peer } = await served(ws => ws.readable.pipeTo(ws.writable))
  peer.write(masked(0x81, 'hello'), masked(0x82, 'octets'), masked(0x88, Uint8Array.of(3, 232)))
  await peer.frame('close 1000')
  expect(peer.frames.slice(0, 2)).toEqual(['text hello', 'binary 6'])
})
