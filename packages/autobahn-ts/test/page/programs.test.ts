import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'

const programs = new URL('../../page/programs/', import.meta.url)
const children: ReturnType<typeof spawn>[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill()
})

/** Runs a program of the page as it is, but for its port, and returns its address. */
async function running(name: string): Promise<string> {
  const text = readFileSync(new URL(`${name}.js`, programs), 'utf8')
  const start = text.replace('await serve(', 'const listener = await serve(').replace('port: 8080', 'port: 0')
  const args = ['--input-type=module', '--eval', `${start}\nconsole.log(listener.url)`]
  const child = spawn(process.execPath, args, { cwd: new URL('../..', import.meta.url) })
  children.push(child)
  const [url] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  return `${url.trim().replace(/\/$/, '')}/${name}`
}

describe('the programs that the page shows', { timeout: 30_000 }, () => {
  it('echo', async () => {
    const ws = await connect(await running('echo'))
    await ws.send('hello')
    expect(await ws.receive()).toBe('hello')
    await ws.close()
  })

  it('chat', async () => {
    const url = await running('chat')
    const [one, other] = [await connect(url), await connect(url)]
    await one.send('hello')
    expect([await one.receive(), await other.receive()]).toEqual(['hello', 'hello'])
    await Promise.all([one.close(), other.close()])
  })

  it('upload', async () => {
    const ws = await connect(await running('upload'))
    const file = new Uint8Array(3_000_000).fill(7)
    await ws.send(file)
    expect(await ws.receive()).toBe(createHash('sha256').update(file).digest('hex'))
    await ws.close()
  })
})
