import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { acceptedDeflate, confirmedDeflate, offeredDeflate } from '../../src/node/per-message-deflate.ts'
import { closed, pair, refusal, sameAsWs, serve, take } from '../fixtures/same.ts'

describe('permessage-deflate', () => {
  for (const server of [
    true,
    false,
    { clientMaxWindowBits: 8 },
    { serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
    { serverNoContextTakeover: true, clientNoContextTakeover: true },
    { serverNoContextTakeover: false },
    { clientMaxWindowBits: false },
  ])
    for (const client of [true, { serverMaxWindowBits: 10, clientNoContextTakeover: true }, { clientMaxWindowBits: 12 }]) {
      sameAsWs(`is agreed on by ${JSON.stringify(server)} and ${JSON.stringify(client)}`, async (face, note) => {
        const { server: wss, url } = await serve(face, { perMessageDeflate: server as never })
        const socket = new face.WebSocket(url, { perMessageDeflate: client as never })
        const upgraded = once(socket, 'upgrade')
        const outcome = await Promise.race([once(socket, 'open').then(() => 'open'), new Promise(resolve => socket.once('error', resolve))])
        note(outcome)
        if (outcome === 'open') {
          const [{ headers }] = (await upgraded) as [IncomingMessage]
          note(headers['sec-websocket-extensions'], socket.extensions)
          for (const accepted of wss.clients ?? []) accepted.on('message', (data, isBinary) => accepted.send(data, { binary: isBinary }))
          const echoes = take(socket, 'message', 3)
          for (const text of ['short', 'x'.repeat(5000), 'again '.repeat(500)]) socket.send(text)
          note(await echoes)
        } else upgraded.catch(() => {})
        await closed(wss)
      })
    }

  sameAsWs('is refused where no offer can be accepted', async (face, note) => {
    const { server, port } = await serve(face, { perMessageDeflate: { serverNoContextTakeover: false } })
    note(await refusal(port, { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_no_context_takeover' }))
    await closed(server)
  })

  sameAsWs('is not agreed on where another extension is offered', async (face, note) => {
    const { server, url } = await serve(face, { perMessageDeflate: true })
    const socket = new face.WebSocket(url, { perMessageDeflate: false, headers: { 'Sec-WebSocket-Extensions': 'foo; bar' } })
    await once(socket, 'open')
    note(socket.extensions)
    await closed(server)
  })

  it('compresses what is above the threshold, and what it is not told not to', async () => {
    const ours = await import('../../src/index.ts')
    const { client, accepted, end } = await pair(ours, { server: { perMessageDeflate: { serverNoContextTakeover: true, threshold: 100 } } })
    const socket = accepted._socket!
    const sizes: number[] = []
    for (const [text, options] of [
      ['a'.repeat(99), {}],
      ['a'.repeat(100), {}],
      ['a'.repeat(100), { compress: false }],
    ] as const) {
      const before = (socket as import('node:net').Socket).bytesWritten
      const received = once(client, 'message')
      accepted.send(text, options)
      await received
      sizes.push((socket as import('node:net').Socket).bytesWritten - before)
    }
    expect(sizes).toEqual([99 + 2, expect.any(Number), 100 + 2])
    expect(sizes[1]).toBeLessThan(30)
    await end()
  })

  it('compresses and writes a message before its `terminate`, so that nothing of it is counted and its callback gets no error', async () => {
    const ours = await import('../../src/index.ts')
    const { client, end } = await pair(ours, { server: { perMessageDeflate: true }, client: { perMessageDeflate: { threshold: 0 } } })
    const answers: unknown[] = []
    client.send('compressed', error => answers.push(error ?? 'written'))
    expect(client.bufferedAmount).toBe(0)
    client.terminate()
    expect(answers).toEqual(['written'])
    await end()
  })

  it('offers and answers as text', () => {
    expect(offeredDeflate({})).toBe('permessage-deflate; client_max_window_bits')
    const accepted = acceptedDeflate('foo, permessage-deflate; client_max_window_bits', { clientMaxWindowBits: 10 })
    expect(accepted?.header).toBe('permessage-deflate; client_max_window_bits=10')
    expect(confirmedDeflate(accepted!.header, {})?.name).toBe('permessage-deflate')
    expect(acceptedDeflate('foo', {})).toBe(undefined)
    expect(() => confirmedDeflate('permessage-deflate, permessage-deflate', {})).toThrow('Invalid Sec-WebSocket-Extensions header')
  })
})
