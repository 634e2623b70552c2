import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { connectSocket } from '../../src/node/connect-socket.ts'
import { listeningTo } from '../fixtures/echo.ts'
import { HttpServers } from '../fixtures/http-server.ts'

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
