import { createRouter, listen, localClient, type Router, type RouterListener } from '@autobahn-ts/router'
import { afterEach, describe, expect, it } from 'vitest'
import { addingRouter } from '../fixtures/adding-router.ts'
import { CliProcess, endAll } from '../fixtures/cli-process.ts'

describe.each([
  ['subscribe', ['com.topic'], /subscribed to/, 'wamp.subscription'],
  ['register', ['com.other', 'cat'], /registered/, 'wamp.registration'],
] as const)('%s', { timeout: 60_000 }, (name, args, said, meta) => {
  let listener: RouterListener

  afterEach(async () => {
    await endAll()
    await listener.close({ timeout: 0 })
  })

  async function running(): Promise<{ readonly program: CliProcess; readonly router: Router }> {
    const router = await addingRouter()
    listener = await listen(router, { port: 0 })
    const program = new CliProcess(name, `ws://127.0.0.1:${listener.port}`, ...args)
    await program.said(said)
    return { program, router }
  }

  it('ends with 2 where the router answers an error', async () => {
    const nothing = { allow: { call: true } }
    listener = await listen(createRouter({ realms: { realm1: { roles: { anonymous: [{ uri: '', match: 'prefix', ...nothing }] } } } }), {
      port: 0,
    })
    const program = new CliProcess(name, `ws://127.0.0.1:${listener.port}`, ...args)
    expect(await program.end()).toBe(2)
    expect(program.stderr).toMatch(/^error: wamp\.error\.not_authorized/)
  })

  it('ends with 1 where the router does not take its client back', async () => {
    const { program } = await running()
    const { port } = listener
    await listener.close({ timeout: 0 })
    listener = await listen(createRouter({ realms: { other: { roles: {} } } }), { port: port! })
    expect(await program.end()).toBe(1)
    expect(program.stderr).toMatch(/^lost \(wamp\.error\.no_such_realm\)$/m)
    expect(program.stderr).toMatch(/^error: the router does not take this client back$/m)
  })

  it('ends with 1 where the router takes back what it has', async () => {
    const { program, router } = await running()
    const { untyped } = await localClient(router, { realm: 'realm1', authid: 'admin', authrole: 'anonymous' })
    const id = (await untyped.call(`${meta}.lookup`, [args[0]])) as number
    const remove = meta === 'wamp.subscription' ? 'remove_subscriber' : 'remove_callee'
    const members = meta === 'wamp.subscription' ? 'list_subscribers' : 'list_callees'
    const [session] = (await untyped.call(`${meta}.${members}`, [id])) as number[]
    await untyped.call(`${meta}.${remove}`, [id, session])
    expect(await program.end()).toBe(1)
    expect(program.stderr).toMatch(/^error: the router has taken the (subscription|registration) back/m)
  })
})

describe('subscribe --details', { timeout: 60_000 }, () => {
  it('prints topic, publication and details', async () => {
    const router = await addingRouter()
    const listener = await listen(router, { port: 0 })
    const program = new CliProcess('subscribe', `ws://127.0.0.1:${listener.port}`, 'com.topic', '--details', '--count', '1')
    await program.said(/subscribed to/)
    const { untyped } = await localClient(router, { realm: 'realm1', authid: 'app', authrole: 'anonymous' })
    const publication = await untyped.publish('com.topic', [1], { a: 2 }, { acknowledge: true })
    expect(await program.end()).toBe(0)
    expect(JSON.parse(program.stdout)).toEqual({ topic: 'com.topic', publication, args: [1], kwargs: { a: 2 }, details: {} })
    await listener.close({ timeout: 0 })
  })
})
