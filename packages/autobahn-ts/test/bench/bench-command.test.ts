import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { CliProcess, endAll } from '../fixtures/cli-process.ts'
import { closeAll, echo, serving } from '../fixtures/echo.ts'

afterEach(async () => {
  await endAll()
  await closeAll()
})

const short = ['--duration', '0.5', '--warm-up', '0.1', '--connections', '2']

async function benched(url: string, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const cli = new CliProcess('bench', url, ...short, ...args)
  const code = await cli.end()
  return { code, stdout: cli.stdout, stderr: cli.stderr }
}

describe('autobahn-ts bench', { timeout: 30_000 }, () => {
  it('measures round trips of texts, and says so in two lines', async () => {
    const { code, stdout } = await benched(await serving(echo))
    expect(stdout).toMatch(/^[\d,]+ messages per second, [\d,]+ in \d+\.\d s\nround trip, ms: median [\d.]+, p90 /)
    expect(code).toBe(0)
  })

  it('prints JSON, of binary messages at fixed times too', async () => {
    const { code, stdout } = await benched(await serving(echo), '--json', '--binary', '--size', '2000', '--rate', '100')
    expect(JSON.parse(stdout)).toMatchObject({ wrong: 0, lost: {}, size: 2000, rate: 100 })
    expect(JSON.parse(stdout).answers).toBeGreaterThan(0)
    expect(code).toBe(0)
  })

  it('prints no header field and no proxy as JSON, because they may hold a secret', async () => {
    const { stdout } = await benched(await serving(echo), '--json', '--header', 'Authorization: Bearer abc', '--timeout', '20')
    expect(stdout).not.toContain('Bearer')
    expect(JSON.parse(stdout)).toMatchObject({ wrong: 0, timeout: 20 })
  })

  it('notices answers that are not what was sent', async () => {
    const url = await serving(async ws => {
      for await (const _ of ws) await ws.send('something else')
    })
    const { code, stdout } = await benched(url)
    expect(stdout).toMatch(/[\d,]+ answers were not what had been sent/)
    expect(code).toBe(1)
  })

  it('notices a server that does not answer, and one that closes', async () => {
    const silent = await benched(await serving(async ws => void (await ws.closed)))
    expect(silent.stdout).toContain('no message came back')
    expect(silent.code).toBe(1)
    const closing = await benched(await serving(ws => ws.close(4000, 'enough') as unknown as Promise<void>))
    expect(closing.stdout).toMatch(/2 lost: .*enough/)
    expect(closing.code).toBe(1)
  })

  it('ends at Ctrl-C while it connects, and says that nothing was measured', async () => {
    const silent = createServer(socket => socket.on('error', () => {}))
    const accepted = once(silent, 'connection')
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const cli = new CliProcess('bench', `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`, ...short)
    await accepted
    cli.signal('SIGINT')
    expect(await cli.end()).toBe(130)
    expect([cli.stdout, cli.stderr]).toEqual(['', 'ended before anything was measured\n'])
    silent.close()
  })

  it('refuses with one sentence what it cannot do', async () => {
    const taken = await benched('ws://127.0.0.1:9')
    expect([taken.code, taken.stderr.split('\n')[0]]).toEqual([1, 'error: cannot connect to 127.0.0.1:9: ECONNREFUSED'])
    const both = await benched('ws://127.0.0.1:9', '--rate', '5', '--in-flight', '5')
    expect(both.stderr).toContain('--rate sends at fixed times and --in-flight waits for answers; use one of them')
  })
})
