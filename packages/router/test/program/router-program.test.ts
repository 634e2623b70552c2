import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, ticket, WampError, wampcra } from '@autobahn-ts/wamp'
import { afterEach, describe, expect, it } from 'vitest'
import { certificateFiles } from '../../../autobahn-ts/test/fixtures/certificate-files.ts'
import { localClient } from '../../src/node/local-client.ts'
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

  it('says GOODBYE to all when it ends, and is not ready any more', async () => {
    const { url, program } = await runningProgram()
    const lost: string[] = []
    const client = await connect(url, { realm: 'realm1', onLost: ({ reason }) => void lost.push(String(reason)) })
    await program.close()
    while (lost.length === 0) await new Promise(resolve => setImmediate(resolve))
    expect(lost[0]).toContain('wamp.close.system_shutdown')
    await client.close()
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
