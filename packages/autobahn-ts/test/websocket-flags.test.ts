import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { TestProxies } from '../../websocket/test/fixtures/proxies.ts'
import { CliProcess, endAll } from './fixtures/cli-process.ts'
import { closeAll, echo, serving } from './fixtures/echo.ts'

const proxies = new TestProxies()
afterEach(async () => {
  await endAll()
  await closeAll()
  proxies.endAll()
})

/** Each command of a WebSocket client, in a form that ends by itself. */
const commands = {
  connect: ['--wait', '0'],
  bench: ['--duration', '0.2', '--warm-up', '0.1', '--connections', '1'],
}

for (const [name, ending] of Object.entries(commands)) {
  describe(`autobahn-ts ${name}`, { timeout: 30_000 }, () => {
    it('sends header fields, subprotocol, origin and the offer of compression', async () => {
      const seen: object[] = []
      const url = await serving(
        async ws => {
          const { headers, origin } = ws.request
          const [one, two, extensions] = ['x-one', 'x-two', 'sec-websocket-extensions'].map(field => headers.get(field))
          seen.push({ one, two, extensions, origin, subprotocol: ws.subprotocol })
          for await (const message of ws) await ws.send(message)
        },
        { protocols: ['chat'], allowedOrigins: '*' },
      )
      const request = [
        '--header',
        'X-One: 1',
        '--header',
        'X-Two:a: b',
        '--protocol',
        'chat',
        '--origin',
        'https://a.example',
        '--compress',
      ]
      const program = new CliProcess(name, url, ...ending, ...request)
      expect({ status: await program.end(), stderr: program.stderr }).toMatchObject({ status: 0 })
      const extensions = expect.stringContaining('permessage-deflate')
      expect(seen).toEqual([{ one: '1', two: 'a: b', extensions, origin: 'https://a.example', subprotocol: 'chat' }])
    })

    it('goes through the proxy that --proxy names', async () => {
      const url = await serving(echo)
      const proxy = await proxies.http({ credentials: 'me:secret' })
      const program = new CliProcess(name, url, ...ending, '--proxy', proxy.url('me:secret'))
      expect({ status: await program.end(), stderr: program.stderr }).toMatchObject({ status: 0 })
      expect(proxy.asked).toEqual([expect.stringContaining(`CONNECT ${new URL(url).host} `)])
    })

    it('waits for the answer of the server as long as --timeout says', async () => {
      const silent = createServer(socket => socket.on('error', () => {}))
      await once(silent.listen(0, '127.0.0.1'), 'listening')
      const url = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`
      const program = new CliProcess(name, url, ...ending, '--timeout', '0.2')
      expect(await program.end()).toBe(1)
      expect(program.stderr).toContain('error: opening handshake not finished within 0.2 s')
      silent.close()
    })
  })
}
