import { once } from 'node:events'
import * as net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { OpenConnections } from '../../../src/node/edge/open-connections.ts'
import { EchoFactory, upgradeRequest } from '../../fixtures/echo.ts'
import { portOf } from '../../fixtures/socket-pair.ts'
import { until } from '../../fixtures/until.ts'

const servers: net.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

describe('OpenConnections', () => {
  it('counts what it accepted until it is gone', async () => {
    const { connections, connected } = await listening()
    const client = await connected()
    await until(() => connections.size === 1)
    client.destroy()
    await until(() => connections.size === 0)
    await connections.empty()
  })

  it('closes the open ones with the code, drops those in the handshake, and takes no more', async () => {
    const { connections, connected } = await listening()
    const open = await connected(upgradeRequest())
    const [response] = await once(open, 'data')
    expect(String(response)).toContain(' 101 ')
    const waiting = await connected()
    await until(() => connections.size === 2)
    connections.close(1001, '')
    const [closeFrame] = await once(open, 'data')
    expect([...(closeFrame as Buffer)]).toEqual([0x88, 2, 3, 233])
    await gone(waiting)
    await gone(await connected())
    const empty = connections.empty()
    connections.drop()
    await empty
    expect(connections.size).toBe(0)
  })
})

it('hangs up on open ones without a close frame, and takes no more', async () => {
  const { connections, connected } = await listening()
  const open = await connected(upgradeRequest())
  await once(open, 'data')
  const [more, ended] = [[] as Buffer[], once(open, 'end')]
  open.on('data', chunk => more.push(chunk))
  connections.hangUp()
  await ended
  expect(more).toEqual([])
  await gone(await connected())
  connections.drop()
  await connections.empty()
})

describe('the own address of a connection', () => {
  for (const host of ['127.0.0.1', '0.0.0.0', '::']) {
    it(`is the one that the client reached, also where the server listens at ${host}`, async () => {
      const { factory, connected } = await listening(host)
      const client = await connected()
      await until(() => factory.connectionCount === 1)
      const [protocol] = factory.allConnections
      expect(protocol?.transport.own).toEqual({ address: '127.0.0.1', port: client.remotePort })
      client.destroy()
    })
  }
})

interface Listening {
  readonly factory: EchoFactory
  readonly connections: OpenConnections
  connected(octets?: string): Promise<net.Socket>
}

async function listening(host = '127.0.0.1'): Promise<Listening> {
  const factory = new EchoFactory()
  const connections = new OpenConnections(factory, undefined)
  const server = net.createServer({ allowHalfOpen: true }, socket => connections.accept(socket)).listen(0, host)
  servers.push(server)
  await once(server, 'listening')
  connections.listens(server.address())
  const connected = async (octets = ''): Promise<net.Socket> => {
    const socket = net.connect(portOf(server), '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.write(octets)
    return socket
  }
  return { factory, connections, connected }
}

async function gone(socket: net.Socket): Promise<void> {
  socket.resume()
  if (!socket.closed) await once(socket, 'close')
}
