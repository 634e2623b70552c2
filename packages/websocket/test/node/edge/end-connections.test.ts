import { execFile } from 'node:child_process'
import { once } from 'node:events'
import * as net from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { checkCloseOptions, endConnections } from '../../../src/node/edge/end-connections.ts'
import { OpenConnections } from '../../../src/node/edge/open-connections.ts'
import { FakeClock } from '../../../src/testing/index.ts'
import { EchoFactory, upgradeRequest } from '../../fixtures/echo.ts'
import { HttpServers } from '../../fixtures/http-server.ts'

const servers = new HttpServers()
afterEach(() => servers.end())

describe('checkCloseOptions', () => {
  it('accepts codes and reasons that may be sent', () => {
    for (const options of [{}, { code: 3000, reason: 'x'.repeat(123) }, { timeout: 0 }, { drop: true }]) {
      expect(() => checkCloseOptions(options)).not.toThrow()
    }
  })

  for (const [options, message] of [
    [{ code: 1005 }, 'close code 1005 may not be sent'],
    [{ reason: 'ä'.repeat(62) }, 'close reason of 124 octets; at most 123 fit'],
    [{ drop: true, code: 1001 }, 'the option drop sends no close frame, so it excludes code and reason'],
    [{ timeout: -1 }, 'option timeout must be a number of seconds, and not -1'],
    [{ tiemout: 1 } as object, 'there is no option tiemout of close; did you mean timeout?'],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      expect(() => checkCloseOptions(options)).toThrow(message)
    })
  }
})

describe('endConnections', () => {
  it('closes connections, and drops at the deadline those that are left', async () => {
    const { connections, client } = await opened()
    const clock = new FakeClock()
    const ended = endConnections(connections, { code: 4000, reason: 'bye', timeout: 60 }, clock, connections.empty())
    const [frame] = (await once(client, 'data')) as [Buffer]
    expect([...frame]).toEqual([0x88, 5, 0x0f, 0xa0, ...Buffer.from('bye')])
    expect(clock.pending).toBe(1)
    clock.advance(60_000)
    await ended
    expect({ size: connections.size, pending: clock.pending }).toEqual({ size: 0, pending: 0 })
  })

  it('drops at once where the time is 0, also with a clock that stands still', async () => {
    const { connections } = await opened()
    await endConnections(connections, { timeout: 0 }, new FakeClock(), connections.empty())
    expect(connections.size).toBe(0)
  })

  it('keeps the process alive until the connections are gone, also where Node waits for none of their sockets', async () => {
    const program = fileURLToPath(new URL('../children/ending-connections.mjs', import.meta.url))
    // a process that ends before its work is done ends with code 13, and is a rejection here
    const { stdout } = await promisify(execFile)(process.execPath, [program])
    expect(stdout).toBe('gone\n')
  })
})

async function opened(): Promise<{ connections: OpenConnections; client: net.Socket }> {
  const connections = new OpenConnections(new EchoFactory(undefined, { closeHandshakeTimeout: 0 }), undefined)
  const port = await servers.start(net.createServer({ allowHalfOpen: true }, socket => connections.accept(socket)))
  const client = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  client.on('error', () => {})
  client.write(upgradeRequest())
  await once(client, 'data')
  return { connections, client }
}
