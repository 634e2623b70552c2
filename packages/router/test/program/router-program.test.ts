import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, ticket, WampError, wampcra } from '@autobahn-ts/wamp'
import { type Message, memoryTransports } from '@autobahn-ts/wamp/protocol'
import { nodeRuntime } from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'
import { certificateFiles } from '../../../autobahn-ts/test/fixtures/certificate-files.ts'
import { localClient } from '../../src/node/local-client.ts'
import type { Router } from '../../src/router/router.ts'
import { closePrograms, runningProgram } from '../fixtures/running-program.ts'

afterEach(closePrograms)

const anonymous = { anonymous: { role: 'guest' } }
const everything = { uri: '', match: 'prefix', allow: { call: true, register: true, publish: true, subscribe: true } } as const

describe('a router that runs by a config', () => {
  it('routes for clients over WebSocket and RawSocket on one port', async () => {
    const { url } = await runningProgram()
    const callee = await connect(url, { realm: 'realm1' })
    const caller = await connect(url.replace(/^ws/, 'rs'), { realm: 'realm1' })
    await callee.register('com.example.add', ({ args: [a, b] }) => (a as number) + (b as number))
    expect(await caller.call('com.example.add', [2, 3])).toBe(5)
    await Promise.all([callee.close(), caller.close()])
  })

  it('allows what the permissions of a role allow', async () => {
    const roles = { guest: { permissions: [{ uri: 'com.open.', match: 'prefix', allow: { publish: true } }] } } as const
    const { url } = await runningProgram({ realms: { realm1: { auth: anonymous, roles } } })
    const client = await connect(url, { realm: 'realm1' })
    await expect(client.publish('com.open.a', [1], {}, { acknowledge: true })).resolves.toBeTypeOf('number')
    await expect(client.publish('com.closed.a', [1], {}, { acknowledge: true })).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    await client.close()
  })

  it('has a procedure decide who joins and what a role may do, and denies where it fails', async () => {
    const roles = { user: { authorizer: 'com.example.authorize' }, guest: { permissions: [] } }
    const auth = { ticket: { procedure: 'com.example.authenticate' }, wampcra: { procedure: 'com.example.find' } }
    const { url, program } = await runningProgram({ realms: { realm1: { auth, roles } } })
    const app = await localClient(program.router, { realm: 'realm1' })
    await app.register('com.example.authenticate', ({ args: [realm, authid, details] }) => {
      const { ticket } = details as { ticket: string }
      return ticket === `${realm} token of ${authid}` ? { role: 'user', extra: { seat: 4 } } : null
    })
    await app.register('com.example.find', ({ args: [, authid] }) => (authid === 'joe' ? { secret: 's', role: 'user' } : null))
    await app.register('com.example.authorize', ({ args: [session, uri, action] }) => {
      if (uri === 'com.broken') throw new Error('no database')
      return { allow: action === 'publish' && String(uri).startsWith(`com.${(session as { authid: string }).authid}.`), disclose: true }
    })
    const client = await connect(url, { realm: 'realm1', auth: ticket('ann', 'realm1 token of ann') })
    await expect(client.publish('com.ann.a', [], {}, { acknowledge: true })).resolves.toBeTypeOf('number')
    await expect(client.publish('com.joe.a', [], {}, { acknowledge: true })).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    await expect(client.publish('com.broken', [], {}, { acknowledge: true })).rejects.toMatchObject({
      uri: /not_authorized|authorization_failed/,
    })
    await expect(connect(url, { realm: 'realm1', reconnect: false, auth: ticket('ann', 'wrong') })).rejects.toThrow()
    const joe = await connect(url, { realm: 'realm1', auth: wampcra('joe', 's') })
    await expect(connect(url, { realm: 'realm1', reconnect: false, auth: wampcra('jim', 's') })).rejects.toThrow()
    await Promise.all([client.close(), joe.close(), app.close()])
  })

  it('does not take what an authorizer has said about one name for an answer about another', async () => {
    const users = { ann: { ticket: 'a', role: 'user' }, joe: { ticket: 'j', role: 'user' } }
    const realm1 = { auth: { ticket: { users } }, roles: { user: { authorizer: 'com.example.authorize' } } }
    const { url, program } = await runningProgram({ realms: { realm1 } })
    const app = await localClient(program.router, { realm: 'realm1' })
    await app.register('com.example.authorize', ({ args: [session, uri] }) => uri === `com.${(session as { authid: string }).authid}`)
    const [ann, joe] = [
      await connect(url, { realm: 'realm1', auth: ticket('ann', 'a') }),
      await connect(url, { realm: 'realm1', auth: ticket('joe', 'j') }),
    ]
    await expect(ann.publish('com.ann', [], {}, { acknowledge: true })).resolves.toBeTypeOf('number')
    await expect(joe.publish('com.ann', [], {}, { acknowledge: true })).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    await Promise.all([ann.close(), joe.close(), app.close()])
  })

  it('lets nobody in where the procedure that decides is not there, and says so in the log', async () => {
    const { url, log } = await runningProgram({ realms: { realm1: { auth: { ticket: { procedure: 'com.nobody' } } } }, logLevel: 'error' })
    await expect(connect(url, { realm: 'realm1', reconnect: false, auth: ticket('ann', 'x') })).rejects.toThrow()
    expect(JSON.stringify(log)).toContain('no_such_procedure')
  })

  it('asks an authorizer again after one that failed', async () => {
    const roles = { guest: { authorizer: 'com.example.authorize' } }
    const { url, program } = await runningProgram({ realms: { realm1: { auth: anonymous, roles } } })
    const app = await localClient(program.router, { realm: 'realm1' })
    let asked = 0
    await app.register('com.example.authorize', () => {
      if (++asked === 1) throw new WampError('com.example.no_database')
      return true
    })
    const client = await connect(url, { realm: 'realm1' })
    await expect(client.publish('com.a', [], {}, { acknowledge: true })).rejects.toThrow()
    await expect(client.publish('com.a', [], {}, { acknowledge: true })).resolves.toBeTypeOf('number')
    await Promise.all([client.close(), app.close()])
  })

  it('decides and logs on after an operator has ended all sessions, its own among them', async () => {
    const roles = { guest: { authorizer: 'com.example.authorize' } }
    const { url, program, log } = await runningProgram({ realms: { realm1: { auth: anonymous, roles } }, logLevel: 'info' })
    const app = await localClient(program.router, { realm: 'realm1' })
    await app.register('com.example.authorize', () => true)
    const first = await connect(url, { realm: 'realm1' })
    await first.publish('com.a', [], {}, { acknowledge: true })
    const own = (await app.untyped.call<number[]>('wamp.session.list')).filter(id => id !== app.session?.id && id !== first.session?.id)
    expect(own.length).toBe(1)
    await app.untyped.call('wamp.session.kill', own)
    await expect(first.publish('com.b', [], {}, { acknowledge: true })).resolves.toBeTypeOf('number')
    // it listens again soon after, and not at once
    const late: unknown[] = []
    while (!log.some(({ msg, session }) => msg === 'joined' && late.includes(session))) {
      const client = await connect(url, { realm: 'realm1' })
      late.push(client.session?.id)
      await client.close()
    }
    await Promise.all([first.close(), app.close()])
  })

  it('logs who comes and goes', async () => {
    const { url, log, program } = await runningProgram({ logLevel: 'info' })
    await program.router.realms.get('realm1')
    const client = await connect(url, { realm: 'realm1', agent: 'test' })
    const { sessionId } = { sessionId: client.session?.id }
    await client.close()
    while (!log.some(({ msg, session }) => msg === 'left' && session === sessionId)) await new Promise(resolve => setImmediate(resolve))
    expect(log.find(({ msg }) => msg === 'joined')).toMatchObject({ realm: 'realm1', authrole: 'anonymous' })
  })

  it('logs who may not join, and why', async () => {
    const { url, log } = await runningProgram({ realms: { realm1: { auth: { ticket: { users: {} } } } }, logLevel: 'info' })
    await expect(connect(url, { realm: 'realm1', reconnect: false, auth: ticket('joe', 'secret-of-joe') })).rejects.toThrow()
    expect(log.find(({ msg }) => msg === 'refused')).toMatchObject({
      reason: 'wamp.error.authentication_failed',
      realm: 'realm1',
      authid: 'joe',
      authmethods: ['ticket'],
      transport: { type: 'websocket' },
    })
    expect(JSON.stringify(log)).not.toContain('secret-of-joe')
  })

  it('says GOODBYE to all when it ends, and is not ready any more', async () => {
    const { url, program } = await runningProgram()
    const lost: string[] = []
    const client = await connect(url, { realm: 'realm1', onLost: ({ reason }) => void lost.push(String(reason)) })
    await program.close()
    while (lost.length === 0) await new Promise(resolve => setImmediate(resolve))
    expect(lost[0]).toContain('wamp.close.system_shutdown')
    await client.close()
  })

  it('waits for the calls in progress before it says GOODBYE, and lets nobody in meanwhile', async () => {
    const { url, http, program } = await runningProgram()
    const lost: { reason: string | undefined; retryIn: number | undefined }[] = []
    const callee = await connect(url, { realm: 'realm1', reconnect: false })
    const caller = await connect(url, { realm: 'realm1', onLost: ({ reason, retryIn }) => void lost.push({ reason, retryIn }) })
    let answer = (_value: string): void => {}
    const asked = new Promise<void>(resolve => {
      void callee.register('com.slow', () => {
        resolve()
        return new Promise<string>(done => {
          answer = done
        })
      })
    })
    await callee.register('com.fast', () => 'fast')
    const slow = caller.call('com.slow')
    await asked
    const closed = program.close()
    expect((await fetch(`${http}/ready`)).status).toBe(503)
    await expect(connect(url, { realm: 'realm1', reconnect: false })).rejects.toMatchObject({ uri: 'wamp.close.system_shutdown' })
    // a call that another one may need is still answered
    expect(await caller.call('com.fast')).toBe('fast')
    expect(lost).toEqual([])
    answer('done')
    expect(await slow).toBe('done')
    await closed
    while (lost.length === 0) await new Promise(resolve => setImmediate(resolve))
    expect(lost[0]?.reason).toBe('wamp.close.system_shutdown')
    expect(lost[0]?.retryIn).toBeGreaterThanOrEqual(1000)
    expect(lost[0]?.retryIn).toBeLessThanOrEqual(1.5 * 1002)
    await Promise.all([caller.close(), callee.close()])
  })

  it('says GOODBYE when the time is over, also to those whose calls have not ended, and says so in the log', async () => {
    const { url, program, log } = await runningProgram({ shutdownTimeout: 0.05, logLevel: 'warn' })
    const client = await connect(url, { realm: 'realm1', reconnect: false })
    const asked = new Promise<void>(resolve => {
      void client.register('com.never', () => {
        resolve()
        return new Promise(() => {})
      })
    })
    const call = client.call('com.never')
    const failed = expect(call).rejects.toMatchObject({ reason: 'wamp.close.system_shutdown', mayHaveRun: true })
    await asked
    await program.close()
    await failed
    expect(log).toContainEqual(expect.objectContaining({ calls: 1, msg: 'calls that had not ended in time' }))
  })

  it('does not start where the port is taken, and leaves nothing open', async () => {
    const { program } = await runningProgram()
    const port = program.listeners[0]?.port ?? 0
    await expect(runningProgram({ listeners: [{ port: 0 }, { port }] })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('reading the config again', () => {
  it('adds and removes realms, and replaces users and permissions, without dropping sessions', async () => {
    const roles = { guest: { permissions: [everything] } }
    const realms = { realm1: { auth: anonymous, roles }, realm2: {} }
    const { url, program } = await runningProgram({ realms })
    const listeners = [{ port: 0 }]
    const [first, second] = [await connect(url, { realm: 'realm1' }), await connect(url, { realm: 'realm2', reconnect: false })]
    const { id } = { id: first.session?.id }
    await program.reload({
      realms: {
        realm1: { auth: { ticket: { users: { ann: { ticket: 't', role: 'guest' } } } }, roles: { guest: { permissions: [] } } },
        realm3: {},
      },
      listeners,
    })
    expect([...program.router.realms.keys()]).toEqual(['realm1', 'realm3'])
    expect(program.listeners[0]?.url).toBe(url)
    expect(first.session?.id).toBe(id)
    await expect(first.publish('com.a', [], {}, { acknowledge: true })).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    await expect(connect(url, { realm: 'realm1', reconnect: false })).rejects.toThrow()
    const ann = await connect(url, { realm: 'realm1', auth: ticket('ann', 't') })
    await connect(url, { realm: 'realm3' }).then(client => client.close())
    await Promise.all([first.close(), second.close(), ann.close()])
  })

  it('ends what goes on by a right that is gone: a trace, a subscription, and the session of a user who is gone', async () => {
    const watching = { uri: 'wamp.session.trace', allow: { call: true } }
    const users = { ann: { ticket: 'a', role: 'operator' }, joe: { ticket: 'j', role: 'guest' } }
    const listeners = [{ port: 0 }]
    const realm1 = {
      auth: { ticket: { users } },
      roles: { operator: { permissions: [everything, watching] }, guest: { permissions: [everything] } },
    }
    const { url, program, log } = await runningProgram({ realms: { realm1 }, listeners, logLevel: 'info' })
    const ann = await connect(url, { realm: 'realm1', auth: ticket('ann', 'a') })
    const joe = await connect(url, { realm: 'realm1', auth: ticket('joe', 'j') })
    const revoked = new Promise<unknown>(resolve => {
      void ann.subscribe('com.secret', () => {}, { onRevoked: resolve })
    })
    const traced = expect(ann.untyped.call('wamp.session.trace', [joe.session!.id], {}, { onProgress: () => {} })).rejects.toMatchObject({
      uri: 'wamp.error.not_authorized',
    })
    // the answer to a later request shows that both have begun
    await ann.publish('com.tick', [], {}, { acknowledge: true })
    expect(program.router.realms.get('realm1')!.traces.size).toBe(1)
    await program.reload({
      realms: {
        realm1: {
          auth: { ticket: { users: { ann: users.ann } } },
          roles: { operator: { permissions: [everything, { uri: 'com.secret', allow: { publish: true } }] } },
        },
      },
      listeners,
      logLevel: 'info',
    })
    await traced
    expect(await revoked).toBe('wamp.error.not_authorized')
    // the secret is refused from now on, so the client gives up
    await joe.closed
    expect(ann.isJoined).toBe(true)
    const counts = { realm: 'realm1', sessions: 1, subscriptions: 1, registrations: 0, calls: 1 }
    expect(log.find(({ msg }) => msg === 'rights were taken away')).toMatchObject(counts)
    await ann.close()
  })

  it('changes the number of sessions and the history of a realm, and who may see the metrics', async () => {
    const listeners = [{ port: 0 }]
    const history = [{ topic: 'com.a', count: 5 }]
    const { url, http, program, log } = await runningProgram({
      realms: { realm1: { maxSessions: 2, history } },
      listeners,
      logLevel: 'warn',
    })
    const first = await connect(url, { realm: 'realm1' })
    for (let n = 1; n <= 5; n++) await first.publish('com.a', [n], {}, { acknowledge: true })
    const smaller = { maxSessions: 1, history: [{ topic: 'com.a', count: 2 }] }
    await program.reload({ realms: { realm1: smaller }, listeners, logLevel: 'warn', metrics: false })
    const realm = program.router.realms.get('realm1')
    const past = () =>
      realm?.broker
        .find('exact', 'com.a')
        ?.history?.find({}, '', '')
        .map(({ publication }) => publication.payload?.args)
    expect(past()).toEqual([[4], [5]])
    await expect(connect(url, { realm: 'realm1', reconnect: false })).rejects.toMatchObject({ uri: 'wamp.error.unavailable' })
    expect((await fetch(`${http}/metrics`)).status).toBe(404)
    await program.reload({ realms: { realm1: {} }, listeners, logLevel: 'warn' })
    expect([realm?.limits.maxSessions, past()]).toEqual([100_000, undefined])
    expect((await fetch(`${http}/metrics`)).status).toBe(200)
    expect(log).toEqual([])
    await first.close()
  })

  it('names in the log what needs a restart, until that has happened', async () => {
    const listeners = [{ port: 0 }]
    const { program, log } = await runningProgram({ listeners, logLevel: 'warn' })
    // an option of a later version, which nobody has thought of here
    const later = { realms: { realm1: {} }, listeners, logLevel: 'warn', later: true } as const
    await program.reload(later)
    expect(log).toMatchObject([{ options: ['later'], msg: 'options that have changed and need a restart: later' }])
    await program.reload(later)
    expect(log).toHaveLength(2)
  })

  it('has the log show more or less from then on, who comes and goes included', async () => {
    const listeners = [{ port: 0 }]
    const { program, log, url } = await runningProgram({ listeners, logLevel: 'warn' })
    const come = async () => (await connect(url, { realm: 'realm1' })).close()
    await come()
    expect(log).toEqual([])
    await program.reload({ realms: { realm1: {} }, listeners, logLevel: 'info' })
    expect(log.map(({ msg }) => msg)).toContain('the config was read again')
    while (!log.some(({ msg }) => msg === 'left')) await come()
    await program.reload({ realms: { realm1: {} }, listeners, logLevel: 'error' })
    const lines = log.length
    for (let n = 0; n < 3; n++) await come()
    expect(log).toHaveLength(lines)
  })

  it('changes whether sessions are resumed and publishers wait', async () => {
    const listeners = [{ port: 0 }]
    const { program, log } = await runningProgram({ realms: { realm1: { resumption: true } }, listeners, logLevel: 'warn' })
    const { limits } = program.router.realms.get('realm1')!
    expect(limits.holdPublishers).toBe(false)
    const offers = async () => {
      const app = memoryClient(program.router)
      return ((await app)[2] as { resumable?: boolean }).resumable
    }
    expect(await offers()).toBe(true)
    await program.reload({ realms: { realm1: { holdPublishers: true } }, listeners, logLevel: 'warn' })
    expect([await offers(), program.router.realms.get('realm1')!.limits.holdPublishers]).toEqual([undefined, true])
    expect(log).toEqual([])
  })

  it('uses a certificate whose files have changed, for connections that come afterwards, and keeps the others', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'router-tls-'))
    const write = () => certificateFiles(folder, 'server')
    const { cert, key } = write()
    const config = { realms: { realm1: {} }, listeners: [{ port: 0, tls: { cert, key } }] }
    const { program, url } = await runningProgram(config)
    const ca = readFileSync(cert)
    const before = await connect(url, { realm: 'realm1', transport: { tls: { ca } } })
    write()
    await program.reload(config)
    await expect(connect(url, { realm: 'realm1', reconnect: false, transport: { tls: { ca } } })).rejects.toThrow()
    const after = await connect(url, { realm: 'realm1', transport: { tls: { ca: readFileSync(cert) } } })
    expect(before.session).toBeDefined()
    await Promise.all([before.close(), after.close()])
    rmSync(folder, { recursive: true })
  })

  it('changes nothing by a config whose listeners cannot be opened', async () => {
    const { program } = await runningProgram()
    for (const [listener, message] of [
      [{ unix: `/${'x'.repeat(107)}` }, 'the path of a Unix socket has at most'],
      [{ port: 0, tls: { cert: '/nowhere.pem', key: '/nowhere.pem' } }, 'the file /nowhere.pem cannot be read'],
    ] as const) {
      await expect(program.reload({ realms: { realm2: {} }, listeners: [listener] })).rejects.toThrow(message)
      expect([...program.router.realms.keys()]).toEqual(['realm1'])
    }
  })

  it('changes nothing by a config in which anything cannot be used', async () => {
    const { program } = await runningProgram()
    const [listener] = program.listeners
    for (const [realm, message] of [
      [{ history: [{ topic: 'com.a#' }] }, 'history must have a topic'],
      [{ roles: { guest: { permissions: [everything, everything] } } }, 'there are two permissions'],
      [{ links: [{ url: 'wss://127.0.0.1:9', ca: '/nowhere.pem', events: [{ uri: 'com.a' }] }] }, 'the file /nowhere.pem cannot be read'],
      [{ links: [{ url: 'ws://127.0.0.1:9', events: [{ uri: 'com a' }] }] }, 'events of a link must have'],
    ] as const) {
      const config = { realms: { realm0: {}, realm2: realm }, listeners: [{ port: 0 }], metrics: false }
      await expect(program.reload(config as never), message).rejects.toThrow(message)
      expect([...program.router.realms.keys()]).toEqual(['realm1'])
    }
    expect(program.listeners).toEqual([listener])
  })

  it('changes nothing by a config with a listener whose port another program has, and closes what it has opened for it', async () => {
    const { program, url } = await runningProgram()
    const taken = createServer()
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    const listeners = [{ port: 0, host: 'localhost' }, { port }]
    await expect(program.reload({ realms: { realm2: {} }, listeners })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect([[...program.router.realms.keys()], program.listeners.map(each => each.url)]).toEqual([['realm1'], [url]])
    await connect(url, { realm: 'realm1' }).then(client => client.close())
    taken.close()
  })

  it('takes configs that come at once one after the other, and goes on by the last', async () => {
    const { program } = await runningProgram()
    const config = (name: string) => ({ realms: { [name]: {} }, listeners: [{ port: 0, path: `/${name}` }] })
    const wrong = { realms: {}, listeners: [{ unix: `/${'x'.repeat(107)}` }] }
    const reloads = [program.reload(config('a')), program.reload(wrong), program.reload(config('b'))]
    expect((await Promise.allSettled(reloads)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect([[...program.router.realms.keys()], program.listeners.length]).toEqual([['b'], 1])
  })

  it('takes no config while it closes, and opens nothing', async () => {
    const { program } = await runningProgram()
    const early = program.reload({ realms: { realm2: {} }, listeners: [{ port: 0, host: 'localhost' }] })
    const closing = program.close()
    const late = program.reload({ realms: { realm3: {} } })
    await expect(early).rejects.toThrow('the router closes, and takes no other config')
    await expect(late).rejects.toThrow('the router closes, and takes no other config')
    await closing
    expect(program.router.realms.has('realm2')).toBe(false)
  })

  it('opens and closes listeners whose place has changed', async () => {
    const { program, url } = await runningProgram()
    const [before] = program.listeners
    await program.reload({ realms: { realm1: {} }, listeners: [{ port: 0, host: 'localhost' }] })
    expect(program.listeners.length).toBe(1)
    expect(program.listeners[0]).not.toBe(before)
    await expect(connect(url, { realm: 'realm1', reconnect: false })).rejects.toThrow()
    const client = await connect(program.listeners[0]?.url ?? '', { realm: 'realm1' })
    await client.close()
  })
})

describe('a router with links', () => {
  const roles = { site: { link: true, permissions: [everything] }, guest: { permissions: [everything] } } as const
  const central = {
    realms: { realm1: { auth: { ...anonymous, ticket: { users: { 'site-a': { ticket: 'secret', role: 'site' } } } }, roles } },
  }
  const linkTo = (url: string) => ({
    url,
    auth: { method: 'ticket', authid: 'site-a', secret: 'secret' } as const,
    serializer: 'msgpack' as const,
    events: [{ uri: 'com.example.', match: 'prefix' as const }],
    calls: [{ uri: 'com.example.', match: 'prefix' as const }],
  })

  it('forwards to another router, which knows the role of the link, and has new links after a reload', async () => {
    const there = await runningProgram(central)
    const here = await runningProgram({ realms: { realm1: { links: [linkTo(there.url)] } } })
    const [a, b] = [await connect(here.url, { realm: 'realm1' }), await connect(there.url, { realm: 'realm1' })]
    await b.register('com.example.who', ({ details }) => details.caller)
    const asked = () => a.call('com.example.who', [], {}, { discloseMe: true }).catch(() => undefined)
    await expect.poll(asked).toBe(a.session?.id)

    await here.program.reload({ realms: { realm1: {} }, listeners: [{ port: 0 }] })
    await expect.poll(asked).toBeUndefined()
    expect(there.program.router.realms.get('realm1')?.sessions.size).toBe(1)
    await Promise.all([a.close(), b.close()])
  })

  it('leaves the other router when it ends, or its realm goes', async () => {
    const there = await runningProgram(central)
    const realms = { realm1: { links: [linkTo(there.url)] }, other: { links: [{ ...linkTo(there.url), realm: 'realm1', calls: [] }] } }
    const { program } = await runningProgram({ realms })
    const sessions = () => there.program.router.realms.get('realm1')?.sessions.size
    await expect.poll(sessions).toBe(2)
    await program.reload({ realms: { realm1: realms.realm1 }, listeners: [{ port: 0 }] })
    await expect.poll(sessions).toBe(1)
    await program.close()
    await expect.poll(sessions).toBe(0)
  })

  it('does not start with links that cannot be used', async () => {
    const links = [{ url: 'ws://127.0.0.1:1', calls: [{ uri: 'wamp.session.count' }] }]
    await expect(runningProgram({ realms: { realm1: { links } } })).rejects.toThrow('the names wamp. belong to each router')
  })
})

/** Joins as a client that could be resumed, and resolves with WELCOME. */
function memoryClient(router: Router): Promise<Message> {
  const [client, end] = memoryTransports(nodeRuntime.clock)
  const welcome = new Promise<Message>(resolve => {
    client.open({ onMessage: resolve, onViolation() {}, onWritable() {}, onClosed() {} })
  })
  router.accept(end)
  client.send([1, 'realm1', { roles: { caller: {} }, resumable: true, _received: 0 }] as never)
  return welcome.finally(() => client.abort('enough'))
}
