import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'
import { WebSocket } from 'undici'
import { afterAll, describe, expect, it, vi } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(root, 'dist', 'readme-'))
const programs: ChildProcess[] = []
afterAll(() => {
  for (const program of programs) program.kill()
  vi.unstubAllGlobals()
  rmSync(folder, { recursive: true, force: true })
})

describe('the README', { timeout: 60_000 }, () => {
  it('has a server, and clients in both styles, that work together', async () => {
    const port = await freePort()
    const server = run('wamp-server.ts', port)
    await listening(port, 426)
    const client = run('wamp-client.ts', port)
    await expect
      .poll(said(client), { timeout: 20_000 })
      .toBe('30\nhttp://example.com/error#negative no real root { x: -1 }\nhttp://example.com/news#today fine weather\n')
    expect([server.exitCode, client.exitCode]).toEqual([null, null])
    await expect.poll(said(run('wamp-class.ts', port)), { timeout: 20_000 }).toBe('in class style: 3\nclosed true 1000 \n')
  })

  it('has a page, and the site that it belongs to', async () => {
    const port = await freePort()
    run('wamp-site.ts', port)
    await listening(port, 200)
    const shown: unknown[] = []
    vi.stubGlobal('WebSocket', WebSocket)
    vi.stubGlobal('location', { href: `http://127.0.0.1:${port}/` })
    vi.stubGlobal('document', { body: { append: (text: unknown) => shown.push(text) } })
    const page: { client: { publish(topic: string, event: string, options: object): boolean; close(): Promise<void> } } = await import(
      written('wamp-page.ts', port, text => `${text}\nexport { client }\n`)
    )
    page.client.publish('http://example.com/news#time', 'noon', { excludeMe: false })
    await expect.poll(() => shown).toEqual(['noon'])
    await page.client.close()
  })
})

/** The program of the README, on a port of its own. */
function run(name: string, port: number): ChildProcess {
  const file = written(name, port)
  const program = spawn(process.execPath, [file], { cwd: dirname(file), stdio: ['ignore', 'pipe', 'inherit'] })
  programs.push(program)
  return program
}

function written(name: string, port: number, changed: (text: string) => string = text => text): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const text = new RegExp(`^\`\`\`ts\\n// ${name.replace('.', '\\.')}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme)?.[1]
  if (text === undefined) throw new Error(`the README has no ${name}`)
  const file = join(folder, name.replace('.ts', `-${port}.mjs`))
  writeFileSync(file, transformSync(changed(text).replaceAll('9000', String(port)), { loader: 'ts' }).code)
  return file
}

function said(program: ChildProcess): () => string {
  let text = ''
  program.stdout?.on('data', more => {
    text += more
  })
  return () => text
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function listening(port: number, wanted: number): Promise<void> {
  const status = (): Promise<number> =>
    fetch(`http://127.0.0.1:${port}/`).then(
      response => response.status,
      () => 0,
    )
  await expect.poll(status, { timeout: 20_000 }).toBe(wanted)
}
