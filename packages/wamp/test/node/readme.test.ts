import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'
import { afterAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(root, 'dist', 'readme-'))
const programs: ChildProcess[] = []
afterAll(() => {
  for (const program of programs) program.kill()
  rmSync(folder, { recursive: true, force: true })
})

it('has a server and a client that work together', { timeout: 60_000 }, async () => {
  const port = await freePort()
  const server = run('wamp-server.ts', port)
  await listening(port)
  const client = run('wamp-client.ts', port)
  let said = ''
  client.stdout?.on('data', text => {
    said += text
  })
  await expect.poll(() => said, { timeout: 20_000 }).toBe("30\nhttp://example.com/news#today { hello: 'world' }\n")
  expect([server.exitCode, client.exitCode]).toEqual([null, null])
})

/** The program of the README, on a port of its own. */
function run(name: string, port: number): ChildProcess {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const text = new RegExp(`^\`\`\`ts\\n// ${name.replace('.', '\\.')}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme)?.[1]
  if (text === undefined) throw new Error(`the README has no ${name}`)
  const file = join(folder, name.replace('.ts', '.mjs'))
  writeFileSync(file, transformSync(text, { loader: 'ts' }).code.replaceAll('127.0.0.1:9000', `127.0.0.1:${port}`))
  const program = spawn(process.execPath, [file], { cwd: dirname(file), stdio: ['ignore', 'pipe', 'inherit'] })
  programs.push(program)
  return program
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

async function listening(port: number): Promise<void> {
  await expect
    .poll(
      () =>
        fetch(`http://127.0.0.1:${port}/`).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 20_000 },
    )
    .toBe(426)
}
