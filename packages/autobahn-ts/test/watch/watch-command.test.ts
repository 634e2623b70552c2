import { type Client, connect } from '@autobahn-ts/wamp'
import { afterEach, describe, expect, it } from 'vitest'
import { CliProcess, endAll } from '../fixtures/cli-process.ts'

const clients: Client[] = []
afterEach(async () => {
  await Promise.all(clients.splice(0).map(client => client.close()))
  await endAll()
})

async function routing(...args: string[]): Promise<string> {
  return new CliProcess('router', '--port', '0', ...args).said(/ws:\/\/\S+/)
}

async function joined(url: string): Promise<Client> {
  const client = await connect(url, { realm: 'realm1', reconnect: false })
  clients.push(client)
  return client
}

describe('autobahn-ts watch', { timeout: 60_000 }, () => {
  it('writes lines of JSON in a pipe: who joins and leaves, and how many messages there are', async () => {
    const url = await routing('--watchable')
    const watch = new CliProcess('watch', url, '--interval', '0.1')
    await watch.said(/"sessions":1/)
    const client = await joined(url)
    await client.register('com.add', () => 5)
    await client.call('com.add')
    await watch.said(/"topic":"wamp.session.on_join"/)
    await watch.said(/"topic":"wamp.registration.on_create".*com\.add/)
    await watch.said(/"received":\{[^}]*"YIELD":1/)
    await client.close()
    await watch.said(/"topic":"wamp.session.on_leave"/)
    watch.signal('SIGINT')
    expect(await watch.end()).toBe(0)
    for (const line of watch.stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('time')
  })

  it('ends after so many readings', async () => {
    const url = await routing('--watchable')
    const watch = new CliProcess('watch', url, '--interval', '0.05', '--count', '3')
    expect(await watch.end()).toBe(0)
    expect(watch.stdout.match(/"sessions":/g)).toHaveLength(3)
  })

  it('goes on after the router was lost, and ends by Ctrl-C meanwhile', async () => {
    const router = new CliProcess('router', '--port', '0', '--watchable')
    const watch = new CliProcess('watch', await router.said(/ws:\/\/\S+/), '--interval', '0.05')
    await watch.said(/"sessions":1/)
    router.signal('SIGKILL')
    await watch.said(/lost \(.*\), trying again/)
    watch.signal('SIGTERM')
    expect(await watch.end()).toBe(0)
  })

  it('shows one session message by message, without payloads and secrets, until it ends', async () => {
    const url = await routing('--watchable')
    const client = await joined(url)
    const watch = new CliProcess('watch', url, '--session', String(client.session?.id))
    await watch.said(/tracing session \d+ from now on/)
    await client.publish('com.tick', ['hunter2'], {}, { acknowledge: true })
    await client.close()
    expect(await watch.end()).toBe(0)
    const entries = watch.stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>)
    expect(entries.map(({ direction, type }) => `${direction} ${type}`)).toEqual([
      'received PUBLISH',
      'sent PUBLISHED',
      'received GOODBYE',
      'sent GOODBYE',
    ])
    expect(entries[0]).toMatchObject({ message: [16, 1, { acknowledge: true }, 'com.tick'] })
    expect(watch.stdout).not.toContain('hunter2')
    expect(watch.stderr).toContain('the session has ended: 4 messages, and 0 that are not shown')
  })

  it('shows payloads where they are asked for, with secrets by name left out, and ends by Ctrl-C', async () => {
    const url = await routing('--watchable')
    const client = await joined(url)
    const watch = new CliProcess('watch', url, '--session', String(client.session?.id), '--payload', '100')
    await watch.said(/tracing session/)
    await client.publish('com.login', ['joe'], { password: 'hunter2' }, { acknowledge: true })
    await watch.said(/"payload":\{"args":\["joe"\],"kwargs":\{"password":"\[secret\]"\}\}/)
    watch.signal('SIGINT')
    expect(await watch.end()).toBe(0)
    expect(watch.stdout).not.toContain('hunter2')
    // the session goes on, and nobody watches it any more
    await client.publish('com.login', [], {}, { acknowledge: true })
  })

  it('says in one sentence that the role may see nothing, and what is missing', async () => {
    const url = await routing()
    const watch = new CliProcess('watch', url)
    expect(await watch.end()).toBe(2)
    expect(watch.stderr).toBe('error: --realm realm1: the role anonymous may see nothing of it (see autobahn-ts watch --help)\n')
    const trace = new CliProcess('watch', url, '--session', '5')
    expect(await trace.end()).toBe(2)
    expect(trace.stderr).toMatch(/^error: --session 5: wamp\.error\.not_authorized .*\n$/)
  })

  it('says that there is no such session', async () => {
    const watch = new CliProcess('watch', await routing('--watchable'), '--session', '5')
    expect(await watch.end()).toBe(2)
    expect(watch.stderr).toMatch(/^error: --session 5: wamp\.error\.no_such_session .*\n$/)
  })

  for (const [args, message] of [
    [['--payload', '5'], 'error: --payload 5 needs --session <id>'],
    [['--rate', '5'], 'error: --rate 5 needs --session <id>'],
    [['--session', '7', '--count', '2'], 'error: --count 2 is for readings of the counters, and --session 7 has none'],
    [['--session', 'x'], "option '--session <id>' argument 'x' is invalid"],
    [['--interval', '0'], "option '--interval <seconds>' argument '0' is invalid"],
  ] as const) {
    it(`refuses with one sentence: ${args.join(' ')}`, async () => {
      const watch = new CliProcess('watch', 'ws://127.0.0.1:9', ...args)
      expect(await watch.end()).toBe(1)
      expect(watch.stderr.split('\n')[0]).toContain(message)
    })
  }

  it('lets nobody end sessions at a router that everybody may watch', async () => {
    const url = await routing('--watchable')
    const [one, other] = [await joined(url), await joined(url)]
    await expect(one.call('wamp.session.kill', [other.session!.id])).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    await expect(one.call('wamp.session.kill_all')).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    expect(await one.call('wamp.session.count')).toBe(2)
  })
})
