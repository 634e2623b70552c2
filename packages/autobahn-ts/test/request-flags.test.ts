import { once } from 'node:events'
import { type AddressInfo, connect as connectTcp, createServer, type Server } from 'node:net'
import { listen, type RouterListener } from '@autobahn-ts/router'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestProxies } from '../../websocket/test/fixtures/proxies.ts'
import { addingRouter } from './fixtures/adding-router.ts'
import { CliProcess, endAll } from './fixtures/cli-process.ts'

describe('the request of a WAMP client', { timeout: 60_000 }, () => {
  const proxies = new TestProxies()
  let router: RouterListener
  let way: NotingWay

  beforeAll(async () => {
    router = await listen(await addingRouter(), { port: 0 })
    way = await NotingWay.to(router.port!)
  })
  afterAll(async () => {
    await endAll()
    proxies.endAll()
    way.end()
    await router.close({ timeout: 0 })
  })

  /** Each command with its further arguments, and what it says when it does what it is for; those of the second list go on then. */
  const commands = [
    ['call', ['com.add', '2', '3'], /^5$/m],
    ['publish', ['com.topic', '1'], undefined],
    ['subscribe', ['com.topic'], /subscribed to/],
    ['register', ['com.other', 'cat'], /registered/],
    ['watch', [], /"sessions":/],
  ] as const

  /** Runs a command with flags until it has done what it is for. Flags stand before the address, where `register` wants them. */
  async function run([name, args, said]: (typeof commands)[number], url: string, ...flags: readonly string[]): Promise<void> {
    const program = new CliProcess(name, ...flags, url, ...args)
    if (said !== undefined) await program.said(said)
    if (['subscribe', 'register', 'watch'].includes(name)) program.signal('SIGINT')
    expect({ status: await program.end(), stderr: program.stderr }).toMatchObject({ status: 0 })
  }

  for (const command of commands) {
    it(`of ${command[0]} has the fields of --header, one of each name, and the origin`, async () => {
      const [url, origin] = [`ws://127.0.0.1:${way.port}`, `http://127.0.0.1:${way.port}`]
      await run(command, url, '--header', 'X-One: 1', '--header', 'X-Two: a', '--header', 'x-two: b', '--origin', origin)
      const lines = way.heads.splice(0).join('').toLowerCase().split('\r\n')
      expect(lines).toEqual(expect.arrayContaining(['x-one: 1', 'x-two: a, b', `origin: ${origin}`]))
    })

    it(`of ${command[0]} goes through the proxy that --proxy names`, async () => {
      const proxy = await proxies.http()
      for (const scheme of ['ws', 'rs']) await run(command, `${scheme}://127.0.0.1:${router.port}`, '--proxy', proxy.url())
      const connecting = expect.stringContaining(`CONNECT 127.0.0.1:${router.port} `)
      expect(proxy.asked).toEqual([connecting, connecting])
    })
  }

  it('has fields and origin over long-poll too', async () => {
    const [url, origin] = [`http://127.0.0.1:${way.port}/lp`, `http://127.0.0.1:${way.port}`]
    await run(commands[0], url, '--header', 'X-One: 1', '--origin', origin)
    const lines = way.heads.splice(0).join('').toLowerCase().split('\r\n')
    expect(lines).toEqual(expect.arrayContaining(['x-one: 1', `origin: ${origin}`]))
  })

  it('is refused with one sentence where the transport has no use for a flag', async () => {
    for (const [url, flags, why] of [
      ['rs://127.0.0.1:9', ['--header', 'A: b'], '--header and --origin are for HTTP requests, and RawSocket (rs://127.0.0.1:9) has none'],
      ['unix:/no/such', ['--origin', 'http://a'], '--header and --origin are for HTTP requests'],
      ['http://127.0.0.1:9/lp', ['--proxy', 'http://127.0.0.1:9'], '--proxy is not for long-poll (http://127.0.0.1:9/lp)'],
      ['ws://127.0.0.1:9', ['--header', 'A'], '--header must be "Name: value", and not "A"'],
    ] as const) {
      const program = new CliProcess('call', url, 'com.add', ...flags)
      expect(await program.end()).toBe(1)
      expect(program.stderr.split('\n')[0]).toContain(why)
    }
  })
})

/** A way to a server over TCP that notes the first piece of what each client sends. */
class NotingWay {
  readonly heads: string[] = []
  readonly #server: Server

  static async to(port: number): Promise<NotingWay> {
    const way = new NotingWay(port)
    await once(way.#server.listen(0, '127.0.0.1'), 'listening')
    return way
  }

  private constructor(port: number) {
    this.#server = createServer(client => {
      const server = connectTcp(port, '127.0.0.1')
      client.once('data', (octets: Buffer) => this.heads.push(octets.toString('latin1')))
      client.on('error', () => server.destroy()).pipe(server)
      server.on('error', () => client.destroy()).pipe(client)
    })
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  end(): void {
    this.#server.close()
  }
}
