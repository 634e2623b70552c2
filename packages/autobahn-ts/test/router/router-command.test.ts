import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { CliProcess, endAll } from '../fixtures/cli-process.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const cli = fileURLToPath(new URL('../../bin/autobahn-ts.js', import.meta.url))
const folder = temporaryFolder()
afterEach(endAll)
afterAll(folder.remove)

function file(name: string, content: unknown): string {
  const path = join(folder.path, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

async function outcome(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const cli = new CliProcess(...args)
  const code = await cli.end()
  return { code, stdout: cli.stdout, stderr: cli.stderr }
}

/** Starts a router, and returns the address that it prints. */
async function routing(...args: string[]): Promise<{ cli: CliProcess; url: string }> {
  const cli = new CliProcess('router', '--port', '0', ...args)
  return { cli, url: await cli.said(/ws:\/\/\S+/) }
}

describe('autobahn-ts router', { timeout: 60_000 }, () => {
  it('names the file that cannot be read, by the flag or the argument that named it', async () => {
    expect((await outcome('router', 'check', 'no.json')).stderr).toContain('error: no.json cannot be read: ENOENT')
    expect((await outcome('router', '--config', 'no.json')).stderr).toContain('error: --config no.json cannot be read: ENOENT')
  })

  it('refuses what is not a private key of cryptosign, and does not show it', async () => {
    const secret = file('secret', 'hunter2\n')
    const { code, stderr } = await outcome('call', '--auth', 'cryptosign', '--secret', secret, 'ws://127.0.0.1:9', 'com.example.add')
    expect(code).toBe(1)
    expect(stderr.split('\n')[0]).toBe(`error: --secret ${secret} is not a private key for cryptosign: 64 letters of hex`)
    expect(stderr).not.toContain('hunter2')
  })

  it('says in one sentence that a router does not answer, and why one refused', async () => {
    const silent = createServer(socket => socket.on('error', () => {}))
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const url = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`
    expect((await outcome('call', '--timeout', '0.2', url, 'com.example.add')).stderr).toContain(
      'error: the router has not answered within 0.2 s\n',
    )
    silent.close()
    const { url: router } = await routing()
    expect((await outcome('call', '--realm', 'other', router, 'com.example.add')).stderr).toMatch(
      /^error: the router refused: there is no realm "other"/,
    )
    expect((await outcome('publish', router, 'wamp.x')).stderr).toContain('["names that begin with \\"wamp.\\" belong to the router"]')
  })

  it('ends a subscription when the program that reads its output has ended', async () => {
    const { url } = await routing()
    const subscriber = spawn(process.execPath, [cli, 'subscribe', url, 'com.example.tick'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = once(subscriber, 'close')
    await once(subscriber.stderr, 'data')
    subscriber.stdout.destroy()
    // the first write after that fails
    await outcome('publish', url, 'com.example.tick', '1')
    await outcome('publish', url, 'com.example.tick', '2')
    expect(await ended).toEqual([0, null])
  })

  it('starts without a config, and says how to reach it', async () => {
    const { cli, url } = await routing()
    await cli.said(/RawSocket\s+rs:/)
    await cli.said(/long-poll\s+http:/)
    const page = await (await fetch(url.replace(/^ws/, 'http'))).text()
    expect(page).toContain('<title>WAMP router</title>')
    cli.signal('SIGINT')
    expect(await cli.end()).toBe(0)
  })

  it('serves publish and subscribe, over every transport and serializer', async () => {
    const { url } = await routing()
    const kinds = [
      [url, 'json'],
      [url, 'msgpack'],
      [url.replace(/^ws/, 'rs'), 'cbor'],
      [`${url.replace(/^ws/, 'http')}/lp`, 'json'],
    ] as const
    const subscribers = kinds.map(
      ([address, serializer]) => new CliProcess('subscribe', address, 'com.example.tick', '--count', '1', '--serializer', serializer),
    )
    await Promise.all(subscribers.map(subscriber => subscriber.said(/subscribed to/)))
    expect(await outcome('publish', url, 'com.example.tick', '1', 'two', '--kw', 'a={"b":3}')).toMatchObject({ code: 0, stderr: '' })
    for (const subscriber of subscribers) {
      expect(await subscriber.end()).toBe(0)
      expect(subscriber.stdout).toBe('{"args":[1,"two"],"kwargs":{"a":{"b":3}}}\n')
    }
  })

  it('serves calls by a program', async () => {
    const { url } = await routing()
    const script = file(
      'add.mjs',
      "const { args } = JSON.parse((await process.stdin.toArray()).join(''))\nconsole.log(args[0] + args[1])\n",
    )
    const callee = new CliProcess('register', url, 'com.example.add', process.execPath, script)
    await callee.said(/registered com\.example\.add/)
    expect(await outcome('call', url, 'com.example.add', '2', '3')).toEqual({ code: 0, stdout: '5\n', stderr: '' })
    expect(await outcome('call', url, 'com.example.add', '"2"', 'x')).toMatchObject({ code: 0, stdout: '"2x"\n' })
    const failing = new CliProcess('register', url, 'com.example.fail', process.execPath, '-e', 'process.exitCode = 3')
    await failing.said(/registered/)
    expect(await outcome('call', url, 'com.example.fail')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('wamp.error.runtime_error'),
    })
  })

  it('stays as long as it is needed, however short the time to connect', async () => {
    const { url } = await routing()
    const callee = new CliProcess('register', '--timeout', '1', url, 'com.example.cat', 'cat')
    const subscriber = new CliProcess('subscribe', '--timeout', '1', url, 'com.example.tick', '--count', '1')
    await callee.said(/registered/)
    await subscriber.said(/subscribed/)
    const waiting = new CliProcess('register', url, 'com.example.wait', process.execPath, '-e', 'setTimeout(() => {}, 60000)')
    await waiting.said(/registered/)
    // takes longer than the time to connect
    expect((await outcome('call', '--call-timeout', '1.5', url, 'com.example.wait')).stderr).toContain('wamp.error.timeout')
    expect(await outcome('call', url, 'com.example.cat')).toMatchObject({ code: 0, stdout: '{"args":[],"kwargs":{}}\n' })
    // the program was ended with its call, and the callee goes on
    expect((await outcome('call', '--call-timeout', '0.1', url, 'com.example.wait')).stderr).toContain('wamp.error.timeout')
    await outcome('publish', url, 'com.example.tick', '1')
    expect(await subscriber.end()).toBe(0)
  })

  it('answers an error where the program of a procedure cannot be run', async () => {
    const { url } = await routing()
    const program = file('program.sh', '')
    chmodSync(program, 0o755)
    const callee = new CliProcess('register', url, 'com.example.no', program)
    await callee.said(/registered/)
    rmSync(program)
    expect(await outcome('call', url, 'com.example.no')).toMatchObject({ code: 2, stderr: expect.stringContaining('ENOENT') })
    expect(await outcome('call', url, 'com.example.no')).toMatchObject({ code: 2, stderr: expect.stringContaining('ENOENT') })
  })

  it('refuses a program that is not there, instead of failing each call', async () => {
    for (const [program, place] of [
      ['/no/such/program', ''],
      ['no-such-program', ' on the PATH'],
    ] as const) {
      const { code, stderr } = await outcome('register', 'ws://127.0.0.1:1', 'com.example.no', program)
      expect([code, stderr.split('\n')[0]]).toEqual([1, `error: there is no program ${program}${place}`])
    }
  })

  it('refuses an option in the place of the program, instead of serving by it', async () => {
    for (const words of [
      ['--realm', 'com.example.shop', 'cat'],
      ['--', 'cat'],
    ]) {
      const { code, stderr } = await outcome('register', 'ws://127.0.0.1:1', 'com.example.cat', ...words)
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Options stand before the address') })
    }
  })

  it('offers at its start only what its config has', async () => {
    const realms = { realm1: { roles: { anonymous: { permissions: [{ uri: 'com.shop.', match: 'prefix', allow: { call: true } }] } } } }
    const config = file('offers.json', { realms, listeners: [{ port: 0, static: { '/': '.' } }], logLevel: 'info' })
    const router = new CliProcess('router', '--config', config)
    await router.said(/Ctrl-C stops it/)
    expect(router.stdout).toContain('long-poll')
    // the site is at "/", and nobody may subscribe to the topic of the example
    expect(router.stdout).not.toMatch(/who is there|autobahn-ts subscribe/)
  })

  it('tells in one sentence why a call failed', async () => {
    const { url } = await routing()
    expect(await outcome('call', url, 'com.example.nothing')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: wamp\.error\.no_such_procedure/),
    })
    expect(await outcome('call', url, 'com.example.x', '--realm', 'other')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: the router refused: /),
    })
    expect(await outcome('call', 'ws://127.0.0.1:9', 'com.example.x')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: cannot connect to 127\.0\.0\.1:9/),
    })
  })

  it('runs by a config: users, roles, and hashes of passwords', async () => {
    const cli = fileURLToPath(new URL('../../bin/autobahn-ts.js', import.meta.url))
    const hashed = spawnSync(process.execPath, [cli, 'router', 'hash', '--iterations', '4096', '--role', 'clerk'], {
      input: 'pencil\n',
      encoding: 'utf8',
    })
    const joe = JSON.parse(hashed.stdout) as object
    expect(hashed.stdout).not.toContain('pencil')
    const permissions = [{ uri: 'com.example.', match: 'prefix', allow: { publish: true } }]
    const config = file('router.json', {
      realms: { shop: { auth: { scram: { users: { joe } } }, roles: { clerk: { permissions } } } },
      listeners: [{ port: 0 }],
    })
    const router = new CliProcess('router', '--config', config)
    const url = await router.said(/ws:\/\/\S+/)
    const [right, wrong] = [file('right', 'pencil\n'), file('wrong', 'pen\n')]
    const as = (secret: string) => ['--realm', 'shop', '--auth', 'scram', '--user', 'joe', '--secret', secret]
    expect(await outcome('publish', url, 'com.example.a', '1', ...as(right))).toMatchObject({ code: 0 })
    expect(await outcome('publish', url, 'org.a', '1', ...as(right))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('wamp.error.not_authorized'),
    })
    expect(await outcome('publish', url, 'com.example.a', '1', ...as(wrong))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('authentication_failed'),
    })
  })

  it('reads the config again at SIGHUP, and keeps the old one where the new one is wrong', async () => {
    const place = { listeners: [{ port: 0 }] }
    const config = file('reload.json', { realms: { one: {} }, ...place })
    const router = new CliProcess('router', '--config', config, '--log-level', 'info')
    const url = await router.said(/ws:\/\/\S+/)
    file('reload.json', '{ "realms": 5 }')
    router.signal('SIGHUP')
    await router.said(/the config was not taken/)
    expect(await outcome('publish', url, 'com.a', '--realm', 'one')).toMatchObject({ code: 0 })
    file('reload.json', { realms: { two: {} }, ...place })
    router.signal('SIGHUP')
    await router.said(/the config was read again/)
    expect(await outcome('publish', url, 'com.a', '--realm', 'two')).toMatchObject({ code: 0 })
    expect(await outcome('publish', url, 'com.a', '--realm', 'one')).toMatchObject({ code: 1 })
  })

  it('has the level of the log that a config says after SIGHUP, unless a flag says another one', async () => {
    const place = { realms: { one: {} }, listeners: [{ port: 0 }] }
    const config = file('level.json', { ...place, logLevel: 'error' })
    const [flagged, plain] = [
      new CliProcess('router', '--config', config, '--log-level', 'warn'),
      new CliProcess('router', '--config', config),
    ]
    await Promise.all([flagged.said(/ws:\/\/\S+/), plain.said(/ws:\/\/\S+/)])
    file('level.json', { ...place, logLevel: 'info' })
    for (const router of [flagged, plain]) router.signal('SIGHUP')
    await flagged.said(/logLevel of the config does not count, because of --log-level warn/)
    await plain.said(/the config was read again/)
  })

  it('names what is wrong in a config with line and column, and starts nothing', async () => {
    const config = file('wrong.json', '{\n  "realms": { "r": { "auth": { "anonymous": {} } } },\n  "pages": true }')
    for (const args of [
      ['router', '--config', config],
      ['router', 'check', config],
    ]) {
      const { code, stderr } = await outcome(...args)
      expect(code).toBe(1)
      expect(stderr).toContain(`${config}:2:32: realms.r.auth.anonymous.role is missing`)
      expect(stderr).toContain(`${config}:3:3: the config has no option "pages"`)
    }
    expect(await outcome('router', '--config', '/nowhere.json')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot be read'),
    })
  })

  it('refuses at check what a router would not start by', async () => {
    const permission = { uri: 'com.a' }
    const config = file('twice.json', { realms: { realm1: { roles: { guest: { permissions: [permission, permission] } } } } })
    const { code, stderr } = await outcome('router', 'check', config)
    expect([code, stderr]).toEqual([1, `error: ${config}: there are two permissions for "com.a" (exact): write one\n`])
  })

  it('says at check and at start what a config probably does not mean', async () => {
    const auth = { anonymous: { role: 'gest' } }
    const config = file('doubt.json', { realms: { realm1: { auth, roles: { guest: {} } } }, listeners: [{ port: 0 }] })
    const doubt = 'realms.realm1.auth.anonymous.role is "gest", which is not among the roles of the realm and may do nothing'
    const { code, stdout } = await outcome('router', 'check', config)
    expect([code, stdout]).toEqual([0, expect.stringContaining(`: ${doubt}; did you mean guest?\n`)])
    await new CliProcess('router', '--config', config).said(new RegExp(doubt.replaceAll('.', '\\.')))
  })

  for (const name of ['check', 'schema', 'hash']) {
    it(`names the help of router ${name} where its arguments are wrong`, async () => {
      const { code, stderr } = await outcome('router', name, '--nothing')
      expect([code, stderr.split('\n').slice(-2)[0]]).toEqual([1, `(see autobahn-ts router ${name} --help)`])
    })
  }

  it("takes Crossbar's config, and lists what has no effect", async () => {
    const crossbar = { version: 2, controller: {}, workers: [{ type: 'router', realms: [{ name: 'realm1', roles: [] }], transports: [] }] }
    const { code, stdout } = await outcome('router', 'check', file('crossbar.json', crossbar))
    expect(stdout).toMatch(/crossbar\.json:1:\d+: controller has no effect here\n.*is a config of 1 realm\n/)
    expect(code).toBe(0)
  })

  it("serves the files beside Crossbar's config, and prints the path of WebSocket", async () => {
    mkdirSync(join(folder.path, 'node/.crossbar'), { recursive: true })
    mkdirSync(join(folder.path, 'node/web'))
    file('node/web/page.txt', 'a page')
    const paths = { '/': { type: 'static', directory: '../web' }, ws: { type: 'websocket' } }
    const transport = { type: 'web', endpoint: { type: 'tcp', port: 0, interface: '127.0.0.1' }, paths }
    const realm = { name: 'realm1', roles: [{ name: 'anonymous', permissions: [{ uri: 'com.', match: 'prefix', allow: { call: true } }] }] }
    const node = { version: 2, workers: [{ type: 'router', realms: [realm], transports: [transport] }] }
    const router = new CliProcess('router', '--config', file('node/.crossbar/config.json', node))
    const url = await router.said(/ws:\/\/\S+/)
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/ws$/)
    expect(await outcome('call', url, 'com.example.no')).toMatchObject({ code: 2, stderr: expect.stringContaining('no_such_procedure') })
    const page = await fetch(new URL('/page.txt', url.replace(/^ws/, 'http')))
    expect([page.status, await page.text()]).toEqual([200, 'a page'])
  })

  it('prints the schema of configs', async () => {
    const { stdout } = await outcome('router', 'schema')
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object', properties: { realms: {} } })
  })

  for (const [what, args, message] of [
    [
      'a config and a port',
      ['router', '--config', 'x.json', '--port', '1'],
      '--config says everything, and --port is for a router without a config',
    ],
    ['a user without a method', ['call', 'ws://127.0.0.1:9', 'com.a', '--user', 'joe'], '--user and --secret need --auth'],
    ['a method without a secret', ['call', 'ws://127.0.0.1:9', 'com.a', '--auth', 'ticket'], '--auth ticket needs --secret <file>'],
    ['an address without a scheme', ['call', '127.0.0.1:9', 'com.a'], 'It must be the address of a router, such as ws://127.0.0.1:8080.'],
  ] as const) {
    it(`refuses with one sentence: ${what}`, async () => {
      const { code, stderr } = await outcome(...args)
      expect([code, stderr.split('\n')[0]]).toEqual([1, expect.stringContaining(message)])
    })
  }
})
