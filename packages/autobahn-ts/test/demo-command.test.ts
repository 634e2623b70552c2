import { once } from 'node:events'
import { connect as dial } from 'node:net'
import { type Connection, connect } from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'
import { hasNatsServer, NatsServer } from '../../nats/test/fixtures/nats-server.ts'
import { CliProcess, endAll } from './fixtures/cli-process.ts'

afterEach(endAll)

const upgrade = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13']

describe('autobahn-ts demo', { timeout: 30_000 }, () => {
  it('prints the address of the page, and serves it there', async () => {
    const cli = new CliProcess('demo', '--port', '0')
    const url = await cli.said(/Open +(http:\/\/127\.0\.0\.1:\d+\/)/)
    expect(await (await fetch(url)).text()).toContain('<title>Autobahn for TypeScript')
  })

  it('prints an address of this machine if it listens on all of them', async () => {
    const cli = new CliProcess('demo', '--port', '0', '--host', '0.0.0.0')
    expect((await fetch(await cli.said(/Open +(http:\/\/localhost:\d+\/)/))).status).toBe(200)
  })

  it('refuses an empty host, which would be all addresses', async () => {
    const cli = new CliProcess('demo', '--port', '0', '--host', '')
    expect(await cli.end()).toBe(1)
    expect(cli.stderr).toContain('error: --host must not be empty; 0.0.0.0 means all addresses of this machine')
  })

  it('reports that the port is taken and suggests another', async () => {
    const first = new CliProcess('demo', '--port', '0')
    const port = new URL(await first.said(/http:\S+/)).port
    const second = new CliProcess('demo', '--port', port)
    expect(await second.end()).toBe(1)
    expect(second.stderr).toContain(`port ${port} of 127.0.0.1 is taken by another program`)
    expect(second.stderr).toContain('autobahn-ts demo --port')
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`closes open connections with 1001 at ${signal}, and exits with status 0`, async () => {
      const cli = new CliProcess('demo', '--port', '0')
      const url = new URL(await cli.said(/http:\S+/))
      const connections = await Promise.all(['/echo', '/chat', '/upload'].map(path => connect(`ws://${url.host}${path}`)))
      cli.signal(signal)
      const ends = await Promise.all(connections.map(ws => ws.closed))
      for (const end of ends) expect(end).toMatchObject({ code: 1001, reason: 'the server is stopping', wasClean: true })
      expect(await cli.end()).toBe(0)
      expect(cli.stdout).toContain('Closing 3 connections')
    })
  }

  it('ends at once at a second Ctrl-C, when a client does not answer', async () => {
    const cli = new CliProcess('demo', '--port', '0')
    const { host, hostname, port } = new URL(await cli.said(/http:\S+/))
    const silent = dial(Number(port), hostname)
    silent.write(`GET /echo HTTP/1.1\r\nHost: ${host}\r\n${upgrade.join('\r\n')}\r\n\r\n`)
    await once(silent, 'data')
    silent.on('error', () => {})
    cli.signal('SIGINT')
    await cli.said(/Closing 1 connection\./)
    // The signal is sent repeatedly, because signals within a moment count as one press.
    const pressing = setInterval(() => cli.signal('SIGINT'), 50)
    expect(await cli.end()).toBe(130)
    clearInterval(pressing)
    silent.destroy()
  })
})

describe('autobahn-ts demo --nats', { timeout: 30_000 }, () => {
  it.skipIf(!hasNatsServer)('shares one chat between servers, and each counts its own visitors', async () => {
    const nats = await NatsServer.start()
    try {
      const urls: string[] = []
      for (let i = 0; i < 2; i++) {
        const cli = new CliProcess('demo', '--port', '0', '--nats', nats.url)
        urls.push(`ws://${new URL(await cli.said(/http:\S+/)).host}/chat`)
      }
      const visitors = await Promise.all(urls.map(url => connect(url)))
      for (const [speaker, listener] of [visitors, [...visitors].reverse()] as [Connection, Connection][]) {
        await speaker.send(JSON.stringify({ type: 'enter', name: 'Ada' }))
        await speaker.send(JSON.stringify({ type: 'say', text: 'hello' }))
        expect(await eventOf(listener, 'said')).toMatchObject({ line: { from: 0, name: 'Ada', text: 'hello' } })
        expect(await eventOf(speaker, 'said')).toMatchObject({ line: { from: 1, name: 'Ada', text: 'hello' } })
      }
      const late = await connect(urls[0]!)
      expect(await eventOf(late, 'welcome')).toMatchObject({ present: 2, history: [{ from: 1 }, { from: 0 }] })
    } finally {
      await nats.end()
    }
  })

  it('reports that NATS cannot be reached', async () => {
    const cli = new CliProcess('demo', '--port', '0', '--nats', 'nats://127.0.0.1:1')
    expect(await cli.end()).toBe(1)
    expect(cli.stderr).toContain('error: there is no connection to NATS: ')
  })
})

async function eventOf(ws: Connection, type: string): Promise<unknown> {
  for (;;) {
    const event = JSON.parse((await ws.receive()) as string) as { readonly type: string }
    if (event.type === type) return event
  }
}
