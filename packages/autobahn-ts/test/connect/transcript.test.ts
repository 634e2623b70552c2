import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'

const cli = fileURLToPath(new URL('../../bin/autobahn-ts.js', import.meta.url))
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const servers: WebSocketServer[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A chat of another library, the package `ws`. */
async function foreignChat(): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'chat' })
  servers.push(server)
  let guests = 0
  server.on('connection', ws => {
    const name = `guest ${++guests}`
    ws.send(`welcome, ${name}`)
    ws.on('message', data => {
      const text = String(data)
      if (text === '/quit') ws.close(4000, 'bye')
      else ws.send(`${name}: ${text}`)
    })
  })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

it('the transcript of connect in the README is what a terminal shows, with a server of another library', async ({ skip }) => {
  if (!existsSync('/usr/bin/script')) skip('the program script, which makes a terminal, is not there')
  const [, transcript = ''] = /```console\n(\$ autobahn-ts connect [\s\S]*?)```/.exec(readme) ?? []
  const [command = '', ...lines] = transcript.trimEnd().split('\n')
  const words = command.replace('$ autobahn-ts ', '').replace(':9000', `:${await foreignChat()}`)
  const env = { ...process.env, NO_COLOR: '1', TERM: 'xterm' }
  const terminal = spawn('script', ['-qefc', `${process.execPath} ${cli} ${words}`, '/dev/null'], { env })
  let screen = ''
  let look = (): void => {}
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
    look()
  })
  const shown = (text: string) =>
    new Promise<void>(resolve => {
      look = () => {
        if (!screen.includes(text)) return
        screen = screen.slice(screen.indexOf(text) + text.length)
        look = () => {}
        resolve()
      }
      look()
    })
  for (const line of lines) {
    if (line.startsWith('> ')) terminal.stdin.write(`${line.slice(2)}\r`)
    else await shown(line)
  }
  const [code] = (await once(terminal, 'close')) as [number]
  expect(lines.length).toBeGreaterThan(5)
  expect(code).toBe(40)
}, 30_000)
