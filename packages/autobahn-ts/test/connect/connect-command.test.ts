import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { CliProcess, endAll } from '../fixtures/cli-process.ts'
import { closeAll, echo, serving } from '../fixtures/echo.ts'

const cli = fileURLToPath(new URL('../../bin/autobahn-ts.js', import.meta.url))
afterEach(closeAll)

/** Runs `autobahn-ts connect` with lines piped in, to its end. */
async function connecting(lines: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [cli, 'connect', ...args], { env: { ...process.env, NO_COLOR: '1' } })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text))
  child.stdin.end(lines)
  const [code] = (await once(child, 'close')) as [number]
  return { code, ...output }
}

describe('autobahn-ts connect', { timeout: 30_000 }, () => {
  it('sends each line that is piped in, writes what comes, and says on stderr how it ended', async () => {
    const { code, stdout, stderr } = await connecting('hello\nGrüße\n', await serving(echo))
    expect(stdout).toBe('hello\nGrüße\n')
    expect(stderr).toBe('connected\nclosed with 1000\n')
    expect(code).toBe(0)
  })

  it('sends headers, subprotocol and origin', async () => {
    const seen: unknown[] = []
    const url = await serving(
      async ws => {
        seen.push(ws.request.headers.get('x-one'), ws.request.headers.get('x-two'), ws.request.origin, ws.subprotocol)
        await ws.close()
      },
      { protocols: ['chat'], allowedOrigins: '*' },
    )
    const flags = ['--header', 'X-One: 1', '--header', 'X-Two:a: b', '--protocol', 'chat', '--origin', 'https://a.example']
    const { stderr } = await connecting('', url, ...flags)
    expect(seen).toEqual(['1', 'a: b', 'https://a.example', 'chat'])
    expect(stderr).toContain('connected, subprotocol chat')
  })

  it('sends and writes binary messages', async () => {
    const url = await serving(echo)
    expect((await connecting('ab\n', url, '--binary')).stdout).toBe('ab')
    const binary = await serving(async ws => {
      await ws.send(new Uint8Array([0, 255]))
      await ws.close()
    })
    expect((await connecting('', binary)).stdout).toBe('00ff\n')
  })

  it('has the close code of the server in its exit status, and the reason on stderr, escaped', async () => {
    const url = await serving(ws => ws.close(4001, 'go \u001b[31maway') as unknown as Promise<void>)
    const { code, stderr } = await connecting('', url)
    expect(code).toBe(40)
    expect(stderr).toContain('closed with 4001: go \\u{1b}[31maway')
  })

  it('counts, and measures round trips', async () => {
    const { stderr } = await connecting('hello\n', await serving(echo), '--stats', '--ping', '60')
    expect(stderr).toMatch(/ping: \d+\.\d ms/)
    expect(stderr).toContain('sent      1 message, 5 octets')
    expect(stderr).toContain('received  1 message, 5 octets')
    expect(stderr).toMatch(/pings {5}1: least/)
  })

  it('connects again when the connection is lost', async () => {
    let connections = 0
    const url = await serving(async ws => {
      connections++
      if (connections === 1) return ws.terminate()
      await ws.send('back again')
      await ws.close(1000)
    })
    const { stdout, stderr, code } = await connecting('', url, '--reconnect', '--wait', '20')
    expect(stdout).toBe('back again\n')
    expect(stderr).toMatch(/lost \(.*next try in/)
    expect(code).toBe(0)
  })

  it('ends when the connection does, however long it would wait for messages', async () => {
    const url = await serving(async ws => {
      await ws.receive()
      await ws.close()
    })
    const { code, stderr } = await connecting('hello\n', url, '--wait', '3600')
    expect(stderr).toContain('closed with 1000')
    expect(code).toBe(0)
  })

  it('does not wait at all with --wait 0', async () => {
    const { code } = await connecting('', await serving(async ws => void (await ws.closed)), '--wait', '0')
    expect(code).toBe(0)
  })

  it('closes the connection when the program that reads its output has ended', async () => {
    const url = await serving(async ws => {
      for (;;) await ws.send('hello'.repeat(1000))
    })
    const child = spawn(process.execPath, [cli, 'connect', url], { stdio: ['pipe', 'pipe', 'pipe'] })
    const ended = once(child, 'close')
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    await once(child.stdout, 'data')
    child.stdout.destroy()
    expect(await ended).toEqual([0, null])
    expect(stderr).not.toContain('    at ')
  })

  it('takes --timeout for the answer of the server too', async () => {
    const silent = createServer(socket => socket.on('error', () => {}))
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const { code, stderr } = await connecting('', `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`, '--timeout', '0.2')
    silent.close()
    expect(stderr).toContain('error: opening handshake not finished within 0.2 s')
    expect(code).toBe(1)
  })

  it('connects to the address of a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'connect-'))
    const server = new CliProcess('echo', '--unix', join(folder, 'echo.sock'))
    const { stdout } = await connecting('hello\n', await server.said(/listens at (\S+)/))
    expect(stdout).toBe('hello\n')
    await endAll()
    rmSync(folder, { recursive: true })
  })

  for (const [what, args, message] of [
    ['an address without a scheme', ['127.0.0.1:9'], 'Write ws://127.0.0.1:9.'],
    ['no address', [], "missing required argument 'url'"],
    ['a port on which nobody listens', ['ws://127.0.0.1:9'], 'cannot connect to 127.0.0.1:9'],
    ['a header without a colon', ['ws://127.0.0.1:9', '--header', 'X-One'], '--header must be "Name: value", and not "X-One"'],
    ['a certificate that is not there', ['ws://127.0.0.1:9', '--ca', 'no.pem'], '--ca no.pem cannot be read'],
    ['a time that is not one', ['ws://127.0.0.1:9', '--timeout', 'soon'], "option '--timeout <seconds>' argument 'soon' is invalid"],
  ] as const) {
    it(`refuses with one sentence: ${what}`, async () => {
      const { code, stderr } = await connecting('', ...args)
      expect(code).toBe(1)
      expect(stderr.split('\n')[0]).toContain(message)
      expect(stderr).not.toContain('    at ')
    })
  }

  it('has a prompt, history and one line per message on a terminal', async ({ skip }) => {
    if (!existsSync('/usr/bin/script')) skip('the program script, which makes a terminal, is not there')
    const url = await serving(echo)
    const terminal = spawn('script', ['-qefc', `${process.execPath} ${cli} connect ${url}`, '/dev/null'], {
      env: { ...process.env, NO_COLOR: '1', TERM: 'xterm' },
    })
    let screen = ''
    const said = (text: string) =>
      new Promise<void>(resolve => {
        const look = () => {
          if (!screen.includes(text)) return
          terminal.stdout.off('data', look)
          resolve()
        }
        terminal.stdout.on('data', look)
        look()
      })
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text))
    await said('> ')
    terminal.stdin.write('hello\r')
    await said('< hello')
    screen = ''
    terminal.stdin.write('\u001b[A\r')
    await said('< hello')
    terminal.stdin.write('\u0004')
    const [code] = (await once(terminal, 'close')) as [number]
    expect(screen).toContain('closed with 1000')
    expect(code).toBe(0)
  })
})
