import * as https from 'node:https'
import * as net from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { connectSocket } from '../../../src/node/edge/connect-socket.ts'
import { certificates } from '../../fixtures/certificates.ts'
import { listeningTo } from '../../fixtures/echo.ts'
import { HttpServers } from '../../fixtures/http-server.ts'

const servers = new HttpServers()
afterEach(() => servers.end())

describe('connectSocket', () => {
  it('gives the stream and both addresses', async () => {
    const { port } = await servers.make()
    const { stream, transport } = await connectSocket(listeningTo(`ws://127.0.0.1:${port}`), {})
    expect(transport).toMatchObject({ peer: { address: '127.0.0.1', port }, own: { address: '127.0.0.1' }, isSecure: false })
    stream.destroy(true)
  })

  it('takes a stream that is given, and destroys it where it gives up', async () => {
    const taken = new PassThrough()
    await connectSocket(listeningTo('ws://host/'), { socket: taken })
    expect(taken.destroyed).toBe(false)
    const unused = new PassThrough()
    const reason = new Error('no')
    await expect(connectSocket(listeningTo('ws://host/'), { socket: unused, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(unused.destroyed).toBe(true)
  })

  it('asks for the certificate of a name without its root dot (RFC 6066 §3), and checks it against that name', async () => {
    const { cert, key } = certificates().server
    const asked: string[] = []
    const SNICallback = (name: string, done: (error: Error | null) => void): void => {
      asked.push(name)
      done(null)
    }
    const web = https.createServer({ cert, key, SNICallback })
    const port = await servers.start(web)
    for (const host of ['localhost', 'localhost.']) {
      const socket = net.connect(port, '127.0.0.1')
      const { stream } = await connectSocket(listeningTo(`wss://${host}/`), { socket, tls: { ca: certificates().ca } })
      stream.destroy(true)
    }
    expect(asked).toEqual(['localhost', 'localhost'])
  })

  it('says where it cannot connect to, and why', async () => {
    const { port, server } = await servers.make()
    await new Promise(resolve => server.close(resolve))
    await expect(connectSocket(listeningTo(`ws://127.0.0.1:${port}`), {})).rejects.toMatchObject({
      name: 'HandshakeFailed',
      message: expect.stringContaining(`127.0.0.1:${port}`),
      cause: { code: 'ECONNREFUSED' },
    })
  })
})
