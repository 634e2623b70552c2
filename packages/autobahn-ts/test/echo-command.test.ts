import { readFileSync } from 'node:fs'
import { createServer, connect as dial } from 'node:net'
import { join } from 'node:path'
import { connect } from '@autobahn-ts/websocket'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { certificateFiles } from './fixtures/certificate-files.ts'
import { CliProcess, endAll } from './fixtures/cli-process.ts'
import { temporaryFolder } from './fixtures/temporary-folder.ts'

const folder = temporaryFolder()
afterEach(endAll)
afterAll(folder.remove)

describe('autobahn-ts echo', { timeout: 30_000 }, () => {
  it('sends back text and octets', async () => {
    const { ws } = await echoing()
    await ws.send('Grüße')
    expect(await ws.receive()).toBe('Grüße')
    await ws.send(new Uint8Array([0, 255]))
    expect(await ws.receive()).toEqual(new Uint8Array([0, 255]))
    await ws.close()
  })

  it('uses TLS with the certificate and key of the flags', async () => {
    const { cert, key } = certificateFiles(folder.path)
    const cli = new CliProcess('echo', '--port', '0', '--cert', cert, '--key', key)
    const url = await cli.said(/wss:\/\/\S+/)
    const ws = await connect(url, { tls: { ca: readFileSync(cert) } })
    await ws.send('secret')
    expect(await ws.receive()).toBe('secret')
    await ws.close()
  })

  it('listens on a Unix socket', async () => {
    const path = join(folder.path, 'echo.sock')
    const cli = new CliProcess('echo', '--unix', path)
    const ws = await connect(await cli.said(/ws\+unix:\S+/))
    await ws.send('local')
    expect(await ws.receive()).toBe('local')
    await ws.close()
  })

  it('accepts the subprotocols of the flags', async () => {
    const cli = new CliProcess('echo', '--port', '0', '--protocol', 'first', '--protocol', 'second')
    const ws = await connect(await cli.said(/ws:\S+/), { protocols: ['other', 'second'] })
    expect(ws.protocol.subprotocol).toBe('second')
    await ws.close()
  })

  it('listens at the path of the flag, and says so at others', async () => {
    const cli = new CliProcess('echo', '--port', '0', '--path', '/chat', '--protocol', 'first')
    const url = await cli.said(/ws:\S+/)
    const ws = await connect(`${url}/chat?room=1`, { protocols: ['first'] })
    await ws.send('here')
    expect(await ws.receive()).toBe('here')
    await ws.close()
    await expect(connect(url)).rejects.toThrow(/404.*echoes at \/chat/)
  })

  it('passes protocol options to the library', async () => {
    const { ws } = await echoing('--max-message-payload-size', '10')
    await ws.send('more than ten octets')
    expect(await ws.closed).toMatchObject({ code: 1009 })
  })

  it('accepts pages of the allowed origins, and tells others why they are refused', async () => {
    const cli = new CliProcess('echo', '--port', '0', '--allow-origin', 'https://example.test')
    const url = await cli.said(/ws:\S+/)
    const ws = await connect(url, { origin: 'https://example.test' })
    await ws.close()
    await expect(connect(url, { origin: 'https://evil.test' })).rejects.toThrow('403')
  })

  it('accepts pages of the allowed hosts, and refuses other host names that resolve to this machine', async () => {
    const cli = new CliProcess('echo', '--port', '0', '--allow-host', 'app.example')
    const port = Number(new URL(await cli.said(/ws:\S+/)).port)
    const via = (host: string): ReturnType<typeof connect> =>
      connect(`ws://${host}:${port}/`, { socket: dial(port, '127.0.0.1'), origin: `http://${host}:${port}` })
    await (await via('app.example')).close()
    await expect(via('evil.example')).rejects.toThrow('allowedHosts of the server does not have the host')
  })

  it('does not log connections by default', async () => {
    const { ws, cli } = await echoing()
    await ws.close()
    cli.signal('SIGTERM')
    expect(await cli.end()).toBe(0)
    expect(cli.stderr).toBe('')
  })

  it('logs each connection with --verbose, on one line whatever the peer sends', async () => {
    const cli = new CliProcess('echo', '--port', '0', '--verbose')
    const ws = await connect(`${await cli.said(/ws:\S+/)}/a%0Ab`)
    await cli.said(/#1 opened, from 127\.0\.0\.1 port \d+, resource \/a%0Ab\n/)
    await ws.close(4000, 'forged\n#2 opened \u001b[2J')
    await cli.said(/#1 closed, code 4000, clean, reason forged\\u\{a\}#2 opened \\u\{1b\}\[2J\n/)
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`closes connections with 1001 at ${signal}, and exits with status 0`, async () => {
      const { ws, cli } = await echoing()
      cli.signal(signal)
      expect(await ws.closed).toMatchObject({ code: 1001, reason: 'the server is stopping', wasClean: true })
      expect(await cli.end()).toBe(0)
      expect(cli.stdout).toContain('closing 1 connection')
    })
  }

  it('reports that a port is taken and suggests another', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    const { code, stderr } = await outcome('echo', '--port', String(port))
    taken.close()
    expect(code).toBe(1)
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is taken by another program`)
    expect(stderr).toContain('autobahn-ts echo --port')
    expect(stderr).not.toContain('    at ')
  })

  for (const [why, args, words] of [
    ['an unknown flag, with the one that was meant', ['--prot', '1'], /unknown option '--prot'[\s\S]*--port/],
    ['a port that does not exist', ['--port', '99999'], /from 0 to 65535/],
    ['a protocol option of the wrong kind', ['--auto-ping-size', '3'], /--auto-ping-size[\s\S]*a whole number from 4 to 125/],
    ['an argument too many', ['more'], /too many arguments/],
    ['a certificate without a key', ['--cert', 'a.pem'], /--cert needs --key/],
    ['a key without a certificate', ['--key', 'a.pem'], /--key needs --cert/],
    ['files that are not there', ['--cert', 'no.pem', '--key', 'no.key'], /--cert no.pem cannot be read: ENOENT/],
    ['a Unix socket and a port', ['--unix', 'a.sock', '--port', '1'], /--unix listens on a Unix socket and --port on the network/],
    ['a Unix socket in no folder', ['--unix', '/nowhere/a.sock'], /no folder for the socket/],
    ['an address of another machine', ['--host', '192.0.2.1', '--port', '0'], /192\.0\.2\.1 is not an address of this machine/],
    ['a subprotocol without a name', ['--protocol='], /must not be empty/],
  ] as const) {
    it(`refuses ${why}`, async () => {
      const { code, stderr } = await outcome('echo', ...args)
      expect(stderr).toMatch(words)
      expect(stderr).not.toContain('    at ')
      expect(code).toBe(1)
    })
  }

  it('refuses a key that does not belong to the certificate', async () => {
    const { cert } = certificateFiles(folder.path, 'one')
    const { key } = certificateFiles(folder.path, 'other')
    const { code, stderr } = await outcome('echo', '--port', '0', '--cert', cert, '--key', key)
    expect(stderr).toContain('the certificate and the key cannot be used for TLS')
    expect(code).toBe(1)
  })

  it('lists every flag with its default in the help', async () => {
    const { code, stdout } = await outcome('echo', '--help')
    expect(code).toBe(0)
    expect(stdout).toContain('Protocol options:')
    expect(stdout).toContain('--auto-ping-interval <seconds>')
    expect(stdout).toMatch(/Seconds of silence after which a ping is sent; 0\s+never pings\. \(default: 20\)/)
  })
})

describe('autobahn-ts', { timeout: 30_000 }, () => {
  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    expect(await outcome('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('prints the help without arguments', async () => {
    const { code, stderr } = await outcome()
    expect(code).toBe(1)
    expect(stderr).toMatch(/demo[\s\S]*echo/)
  })

  it('suggests the command for a misspelt one', async () => {
    const { code, stderr } = await outcome('dema')
    expect(code).toBe(1)
    expect(stderr).toMatch(/unknown command 'dema'[\s\S]*demo/)
  })
})

async function echoing(...args: readonly string[]) {
  const cli = new CliProcess('echo', '--port', '0', ...args)
  return { cli, ws: await connect(await cli.said(/ws:\S+/)) }
}

async function outcome(...args: readonly string[]) {
  const cli = new CliProcess(...args)
  const code = await cli.end()
  return { code, stdout: cli.stdout, stderr: cli.stderr }
}
