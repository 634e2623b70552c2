import { Blob } from 'node:buffer'
import { once } from 'node:events'
import { mkdtempSync, openAsBlob, writeFileSync } from 'node:fs'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { certificates } from '../../../websocket/test/fixtures/certificates.ts'
import * as ours from '../../src/index.ts'
import { closed, next, pair, type Socket, sameAsWs, serve, streams, take } from '../fixtures/same.ts'

describe('the class', () => {
  sameAsWs('has the states as constants, and its properties are enumerable', async ({ WebSocket }, note) => {
    for (const place of [WebSocket, WebSocket.prototype])
      for (const name of ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED']) note(name, Object.getOwnPropertyDescriptor(place, name))
    for (const name of [
      'binaryType',
      'bufferedAmount',
      'extensions',
      'isPaused',
      'protocol',
      'readyState',
      'url',
      'onopen',
      'onclose',
      'onerror',
      'onmessage',
    ]) {
      const { get, set, enumerable, configurable } = Object.getOwnPropertyDescriptor(WebSocket.prototype, name) ?? {}
      note(name, get !== undefined, set !== undefined, enumerable, configurable)
    }
  })

  sameAsWs('has a url as a client alone, and enumerable members as the platform’s class does', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    note(client.url?.replace(/:\d+/, ''), accepted.url)
    const members: string[] = []
    for (const name in face.WebSocket.prototype)
      if (Object.hasOwn(face.WebSocket.prototype, name) && !name.startsWith('_')) members.push(name)
    note(members.toSorted(), Object.keys(face.WebSocket).includes('name'), face.WebSocket.name)
    await end()
  })

  sameAsWs('has its values before it is connected', async ({ WebSocket }, note) => {
    const socket = new WebSocket('ws://127.0.0.1:1/x?y')
    socket.on('error', () => {})
    note(socket.readyState, socket.url, socket.binaryType, socket.bufferedAmount, socket.extensions, socket.protocol, socket.isPaused)
    for (const type of ['arraybuffer', 'foo', 'fragments', '', 'blob', 'nodebuffer']) {
      socket.binaryType = type as 'blob'
      note(socket.binaryType)
    }
    await next(socket, 'close')
  })

  sameAsWs('is in no state to send before it is open', async ({ WebSocket }, note) => {
    const socket = new WebSocket('ws://127.0.0.1:1')
    socket.on('error', () => {})
    for (const method of ['send', 'ping', 'pong'] as const) note(failure(() => socket[method]('hi')))
    socket.pause()
    note(socket.isPaused)
    await next(socket, 'close')
  })
})

describe('messages', () => {
  sameAsWs('are sent in all forms', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    const floats = Float32Array.from([0, 0.5, 1, 1.5])
    const sent: unknown[] = ['text', '', 0, 17, undefined, Buffer.from('octets'), floats, floats.subarray(1, 3), floats.buffer, [1, 2, 300]]
    const received = take(accepted, 'message', sent.length + 3)
    for (const data of sent) client.send(data)
    client.send(Buffer.from('as text'), { binary: false })
    client.send('as binary', { binary: true })
    client.send(Buffer.from('undefined is false'), { binary: undefined })
    for (const [data, isBinary] of await received) note(data, isBinary)
    for (const data of [true, {}, Symbol('x')]) note(failure(() => client.send(data)) instanceof TypeError)
    await end()
  })

  sameAsWs('come in the form that binaryType says, and texts as buffers', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    for (const type of ['nodebuffer', 'arraybuffer', 'fragments', 'blob'] as const) {
      client.binaryType = type
      const received = take(client, 'message', 3)
      accepted.send(Buffer.from(`octets for ${type}`))
      accepted.send(Buffer.alloc(200, 7))
      accepted.send('text')
      for (const [data, isBinary] of await received) note(data instanceof Blob ? [data.size, await data.arrayBuffer()] : data, isBinary)
    }
    await end()
  })

  sameAsWs('are sent in fragments with fin: false, and the other ones go between', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    const received = take(accepted, 'message', 3)
    accepted.on('ping', data => note('ping', data))
    client.send('frag', { fin: false })
    client.ping('between')
    client.send('ment', { fin: false })
    client.send('ed', { fin: true })
    client.send('whole')
    client.send(Buffer.from([1]), { fin: false, compress: true })
    client.send(Buffer.from([2]), { compress: true })
    for (const [data, isBinary] of await received) note(data, isBinary)
    await end()
  })

  sameAsWs('of large size are the same at the other end, both ways, also compressed', async (face, note) => {
    for (const perMessageDeflate of [false, true, { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true }]) {
      const { client, accepted, end } = await pair(face, { server: { perMessageDeflate }, client: { perMessageDeflate } })
      accepted.on('message', (data, isBinary) => accepted.send(data, { binary: isBinary }))
      const data = Buffer.alloc(3_000_000, 'some text of several words and numbers 0123456789; ')
      for (let i = 0; i < data.length; i += 1000) data[i] = (i * 7919) & 0xff
      const received = take(client, 'message', 2)
      client.send(data)
      client.send('short')
      const [[large], [short]] = (await received) as [[Buffer], [Buffer]]
      note(client.extensions, large.equals(data), short.toString())
      await end()
    }
  })

  sameAsWs('of a Blob keep their order', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    const received = take(accepted, 'message', 4)
    client.send(new Blob(['foo']), error => note('sent', Boolean(error)))
    client.send('bar')
    client.send(new Blob(['baz']))
    client.send(Buffer.from('qux'))
    client.close()
    for (const [data, isBinary] of await received) note(data, isBinary)
    await next(accepted, 'close')
    await end()
  })

  sameAsWs('call back when they are written, in their order, and bufferedAmount is 0 then', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    note(client.bufferedAmount)
    const order: number[] = []
    const sent = new Promise<void>(resolve => {
      client.send('one', () => order.push(1))
      client.ping('ping', undefined, () => order.push(2))
      client.send(Buffer.alloc(20_000), { compress: false }, error => {
        order.push(3)
        note(Boolean(error), client.bufferedAmount)
        resolve()
      })
    })
    note(order.length, client.bufferedAmount)
    await sent
    note(order)
    accepted.terminate()
    await end()
  })

  sameAsWs('of a peer that does not read are counted', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    client.pause()
    const chunk = Buffer.alloc(1024 * 1024)
    while (accepted.bufferedAmount === 0) accepted.send(chunk)
    let isSent = false
    accepted.send(chunk, () => {
      isSent = true
    })
    await new Promise(resolve => setImmediate(resolve))
    note(accepted.bufferedAmount > chunk.length, isSent)
    await end()
  })

  sameAsWs('without a mask from a client end the connection', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    const ends = Promise.all([next(client, 'close'), next(accepted, 'close'), next(accepted, 'error')])
    client.send('hi', { mask: false })
    for (const given of await ends) note(...given)
    await end()
  })

  sameAsWs('are masked by the function of the application', async (face, note) => {
    const { client, accepted, end } = await pair(face, {
      client: { generateMask: (mask: Buffer) => note(mask.length, mask.fill(9).length) },
    })
    const received = take(accepted, 'message', 1)
    client.send('masked')
    note(...(await received)[0]!)
    await end()
  })

  sameAsWs('come one in a turn where events may not be synchronous', async (face, note) => {
    const { client, accepted, end } = await pair(face, { client: { allowSynchronousEvents: false } })
    let turn = 0
    const turns: number[] = []
    const count = (): void => void setImmediate(() => ++turn < 100 && count())
    count()
    client.on('message', () => turns.push(turn))
    const received = take(client, 'message', 3)
    accepted._socket?.write(Buffer.from('810131810132810133', 'hex'))
    note((await received).map(([data]) => data))
    note(new Set(turns).size > 1)
    await end()
  })
})

describe('pings and pongs', () => {
  sameAsWs('carry data of all kinds, and are answered', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    const pings = take(accepted, 'ping', 4)
    const pongs = take(client, 'pong', 5)
    client.ping()
    client.ping('text', true)
    client.ping(7)
    client.ping(Buffer.from([1, 2]), undefined, error => note('written', Boolean(error)))
    accepted.pong('by itself')
    note(await pings)
    note((await pongs).map(([data]) => data).sort((one, other) => Buffer.compare(one as Buffer, other as Buffer)))
    for (const method of ['ping', 'pong'] as const) note(failure(() => client[method](Buffer.alloc(126))))
    await end()
  })

  sameAsWs('are not answered without autoPong', async (face, note) => {
    const { client, accepted, end } = await pair(face, { client: { autoPong: false } })
    accepted.on('pong', () => note('answered'))
    const pinged = next(client, 'ping')
    accepted.ping('x')
    note(...(await pinged))
    client.close()
    note(...(await next(accepted, 'close')))
    await end()
  })
})

describe('the end', () => {
  for (const [code, reason] of [[], [1000], [1000, 'some reason'], [1013], [1014], [3000, 'ü'], [4999, Buffer.from('octets')]] as const) {
    sameAsWs(`is told to both: ${code ?? 'no code'} ${reason ?? ''}`, async (face, note) => {
      const { client, accepted, end } = await pair(face)
      const ends = Promise.all([next(client, 'close'), next(accepted, 'close')])
      client.close(code, reason)
      note(client.readyState, client.bufferedAmount)
      for (const given of await ends) note(...given)
      note(client.readyState, accepted.readyState)
      client.close()
      client.terminate()
      await end()
    })
  }

  sameAsWs('is refused for codes and reasons that must not be sent', async (face, note) => {
    const { client, end } = await pair(face)
    for (const code of [999, 1004, 1005, 1006, 1015, 2999, 5000, '1000']) note(failure(() => client.close(code as number)))
    await end()
    const second = await pair(face)
    note(failure(() => second.client.close(1000, 'x'.repeat(124))))
    await second.end()
  })

  sameAsWs('brings what was sent before it', async (face, note) => {
    const { client, accepted, end } = await pair(face, { server: { perMessageDeflate: { threshold: 0 } } })
    client.on('message', data => note(data))
    const outcomes: boolean[] = []
    for (const text of ['foo', 'bar', 'baz']) accepted.send(text, error => outcomes.push(Boolean(error)))
    accepted.close()
    accepted.close()
    note(...(await next(client, 'close')))
    note(outcomes)
    await end()
  })

  sameAsWs('lets the one that closes receive until the other has closed', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    client.on('message', data => note(data))
    accepted.on('message', data => {
      accepted.send(data)
    })
    client.send('one')
    client.send('two')
    client.close(1000)
    note(...(await next(client, 'close')))
    await end()
  })

  sameAsWs('makes what is sent later an error of its callback, and is counted', async (face, note) => {
    const { client, end } = await pair(face)
    client.close()
    for (const method of ['send', 'ping', 'pong'] as const)
      await new Promise<void>(resolve => {
        const done = (error?: Error | null): void => {
          note(error, client.bufferedAmount)
          resolve()
        }
        if (method === 'send') client.send('hi', done)
        else client[method]('hi', true, done)
      })
    await next(client, 'close')
    client.send(new Blob(['hi']))
    client.send(undefined)
    note(client.readyState, client.bufferedAmount)
    await end()
  })

  sameAsWs('comes at once by terminate', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    const ends = Promise.all([next(client, 'close'), next(accepted, 'close')])
    client.send('last words')
    accepted.on('message', data => note(data))
    client.terminate()
    note(client.readyState)
    for (const given of await ends) note(...given)
    await end()
  })

  sameAsWs('comes when the peer is gone without a word', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    accepted._socket?.end()
    note(...(await next(client, 'close')))
    note(client.readyState)
    await end()
  })

  sameAsWs('tells the callbacks of what was not sent', async (face, note) => {
    const { client, end } = await pair(face)
    const called: unknown[] = []
    client.send(new Blob(['foo']), error => called.push(error))
    client.send('bar')
    client.send('baz', error => called.push(error))
    client.terminate()
    await next(client, 'close')
    note(called)
    await end()
  })

  sameAsWs('tells the callback of a Blob that cannot be read, and the application where the connection is open', async (face, note) => {
    for (const isGone of [false, true]) {
      const file = join(mkdtempSync(join(tmpdir(), 'ws-')), 'x.bin')
      writeFileSync(file, Buffer.alloc(64, 1))
      const blob = await openAsBlob(file)
      writeFileSync(file, 'shorter')
      const { client, end } = await pair(face)
      client.on('error', error => !isGone && note('error', error.name, error.message, client.readyState))
      const called = new Promise<unknown>(resolve => client.send(blob, resolve))
      const close = next(client, 'close')
      if (isGone) client.terminate()
      const error = (await called) as Error
      note(error.name, error.message, ...(await close))
      await end()
    }
  })

  sameAsWs('follows faults of both sides at once', async (face, note) => {
    for (const closes of [false, true]) {
      const { client, accepted, end } = await pair(face)
      const ends = Promise.all([next(client, 'error'), next(accepted, 'error'), next(client, 'close'), next(accepted, 'close')])
      for (const socket of [accepted, client]) {
        socket._socket?.write(Buffer.from([0x85, 0x00]))
        if (closes) socket.close()
      }
      note(await ends)
      await end()
    }
  })

  sameAsWs('comes after a time without an answer', async (face, note) => {
    const { client, accepted, end } = await pair(face, { client: { closeTimeout: 20 } })
    accepted.pause()
    client.close(1000)
    note(...(await next(client, 'close')))
    await end()
  })

  it('comes with 1011 when a listener for messages throws, and the exception is uncaught', async () => {
    const { client, accepted, end } = await pair(ours)
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const thrown = next(process, 'uncaughtException')
    client.on('message', () => {
      throw new Error('of a listener')
    })
    accepted.send('x')
    const [[error], [code]] = await Promise.all([thrown, next(accepted, 'close')])
    for (const listener of before) process.on('uncaughtException', listener)
    expect(error).toEqual(new Error('of a listener'))
    expect(code).toBe(1011)
    await end()
  })
})

describe('pause and resume', () => {
  sameAsWs('stop the socket and let it go on', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    const socket = client._socket as import('node:net').Socket
    note(client.isPaused, socket.isPaused())
    client.pause()
    note(client.isPaused, socket.isPaused())
    let count = 0
    client.on('message', () => count++)
    accepted.send('waits')
    await new Promise(resolve => accepted.send('waits too', resolve))
    note(count)
    const received = take(client, 'message', 2)
    client.resume()
    note(client.isPaused, socket.isPaused(), await received)
    client.pause()
    client.terminate()
    await next(client, 'close')
    client.resume()
    note(client.isPaused)
    await end()
  })
})

describe('a connection that is closed while it is opened', () => {
  for (const method of ['close', 'terminate'] as const) {
    sameAsWs(`tells so: ${method} at once, and behind the upgrade`, async (face, note) => {
      const { server, url } = await serve(face)
      for (const at of ['', 'upgrade']) {
        const client = new face.WebSocket(url)
        client.on('open', () => note('open'))
        client.on('error', error => note(error, client.readyState))
        if (at === '') client[method]()
        else client.on(at, () => client[method]())
        note(...(await next(client, 'close')), client.readyState)
        client.send('late')
        note(client.bufferedAmount)
      }
      await closed(server)
    })
  }

  sameAsWs('tells so where the server is silent, and after an error', async (face, note) => {
    const silent = createServer(socket => socket.on('error', () => {}).once('data', () => socket.write('foo\r\n')))
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const client = new face.WebSocket(`ws://127.0.0.1:${(silent.address() as AddressInfo).port}`)
    client.on('error', error => {
      note((error as Error & { code?: string }).code)
      client.close()
      client.terminate()
    })
    note(...(await next(client, 'close')))
    silent.close()
  })
})

describe('over TLS', () => {
  sameAsWs('the connection carries messages of all sizes, and ends', async (face, note) => {
    const { cert, key } = certificates().server
    const https = createSecureServer({ cert, key }).listen(0, '127.0.0.1')
    await once(https, 'listening')
    const server = new face.WebSocketServer({ server: https, verifyClient: ({ secure }) => secure })
    const client = new face.WebSocket(`wss://127.0.0.1:${(https.address() as AddressInfo).port}`, { rejectUnauthorized: false })
    const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'open')])
    accepted.on('message', (data: Buffer, isBinary: boolean) => accepted.send(data, { binary: isBinary }))
    const large = Buffer.alloc(5 * 1024 * 1024, 'abcdefg')
    const received = take(client, 'message', 2)
    client.send('text')
    client.send(large)
    const [[text], [octets]] = (await received) as [[Buffer], [Buffer]]
    note(text.toString(), octets.equals(large))
    const closes = Promise.all([next(client, 'close'), next(accepted, 'close')])
    client.close(1000, 'done')
    note(await closes)
    server.close()
    https.close()
  })

  sameAsWs('has an error where the other side speaks without', async (face, note) => {
    const { cert, key } = certificates().server
    const https = createSecureServer({ cert, key }).listen(0, '127.0.0.1')
    await once(https, 'listening')
    const client = new face.WebSocket(`ws://127.0.0.1:${(https.address() as AddressInfo).port}`)
    client.on('error', error => note((error as NodeJS.ErrnoException).code))
    note(...(await next(client, 'close')))
    https.close()
  })
})

describe('compressed messages', () => {
  sameAsWs('that were received before the end are delivered', async (face, note) => {
    const { client, accepted, end } = await pair(face, { server: { perMessageDeflate: { threshold: 0 } } })
    client.on('message', data => note(data))
    const close = next(client, 'close')
    for (const text of ['foo', 'bar', 'baz']) accepted.send(text)
    accepted.send('qux', () => (accepted._socket as import('node:net').Socket).end())
    note(...(await close))
    await end()
  })

  for (const method of ['close', 'terminate'] as const)
    sameAsWs(`that are being received are delivered, also where the application ends the connection: ${method}`, async (face, note) => {
      const { client, accepted, end } = await pair(face, { server: { perMessageDeflate: true } })
      let count = 0
      client.on('message', data => {
        note(data)
        if (++count === 1) setImmediate(() => process.nextTick(() => client[method]()))
      })
      const close = next(client, 'close')
      accepted._socket?.write(Buffer.from('c10100c10100c10100c10100', 'hex'))
      note(...(await close))
      await end()
    })

  sameAsWs('are answered by a close frame of the other side in the middle', async (face, note) => {
    const { client, accepted, end } = await pair(face, {
      server: { perMessageDeflate: true },
      client: { perMessageDeflate: { threshold: 0 } },
    })
    accepted.on('message', data => note(data))
    const close = next(accepted, 'close')
    accepted.close(1000)
    for (const text of ['foo', 'bar', 'baz', 'qux']) client.send(text)
    note(...(await close))
    await end()
  })
})

describe('setSocket', () => {
  sameAsWs('takes streams of which another program has done the handshake', async (face, note) => {
    const [here, there] = streams()
    const ends = ([here, there] as const).map((stream, at) => {
      const socket = new face.WebSocket(null, undefined, {})
      socket.on('open', () => note('open', socket.readyState))
      socket._isServer = at === 1
      socket.setSocket(stream, Buffer.alloc(0), { maxPayload: 0, skipUTF8Validation: false })
      return socket
    }) as [Socket, Socket]
    const received = ends.map(socket => take(socket, 'message', 1))
    ends[0].send('from the client')
    ends[1].send(Buffer.from('from the server'))
    note((await Promise.all(received)).flat())
    const closes = ends.map(socket => next(socket, 'close'))
    ends[0].close(1000)
    note(await Promise.all(closes))
  })
})

/** Returns what a function throws. */
function failure(run: () => void): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return 'nothing'
}
