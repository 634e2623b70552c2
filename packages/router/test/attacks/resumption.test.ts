import { JsonSerializer, type MemoryTransport, type MemoryTransportOptions, type Message } from '@autobahn-ts/wamp/protocol'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { fullAccess } from '../../src/realm/access.ts'
import type { ResumptionSettings } from '../../src/resumption/resumption-options.ts'
import type { RealmOptions } from '../../src/router/router.ts'
import { memoryRouter } from '../../src/testing/memory-router.ts'

const roles = { subscriber: {}, publisher: {}, caller: {}, callee: {} }
const refused = [3, { message: 'there is no session that this client can resume' }, 'wamp.error.no_such_session']

describe('a session that can be resumed', () => {
  it('goes on with its token, with what was sent meanwhile, under its old id', async () => {
    const { open } = network()
    const victim = await open()
    const joined = await victim.join()
    await victim.send([32, 1, {}, 'com.example.tick'])
    await victim.lose()
    const other = await open()
    await other.join()
    await other.send([16, 1, {}, 'com.example.tick'])
    const again = await open()
    await again.resume(joined, 1)
    expect(again.got[0]).toMatchObject([2, joined.id, { resumed: true, _received: 1 }])
    expect(again.got[1]!.slice(0, 2)).toEqual([36, 1])
  })

  it('is not taken over by its id, nor by a token that was used', async () => {
    const { open } = network()
    const victim = await open()
    const joined = await victim.join()
    await victim.lose()
    const again = await open()
    await again.resume(joined)
    await again.send([32, 1, {}, 'com.example.tick'])
    for (const tried of [joined.token, '', 'x', joined.token.slice(1)]) {
      const attacker = await open()
      await attacker.resume({ ...joined, token: tried })
      expect(attacker.got).toEqual([refused])
    }
    await again.send([32, 2, {}, 'com.example.tock'])
    expect(again.got.at(-1)).toEqual([33, 2, 2])
  })

  it('is not taken over with a token under another name, in another realm, or with another certificate', async () => {
    const { open } = network()
    const victim = await open({ certificate: 'ab' })
    const joined = await victim.join()
    await victim.lose()
    for (const [details, claim] of [
      [{ certificate: 'ab' }, { authid: 'jim' }],
      [{ certificate: 'ab' }, { authid: undefined }],
      [{ certificate: 'ab' }, { realm: 'realm2' }],
      [{ certificate: 'cd' }, {}],
      [{}, {}],
    ] as const) {
      const attacker = await open(details)
      await attacker.resume(joined, 0, claim)
      expect(attacker.got).toEqual([refused])
    }
    const again = await open({ certificate: 'ab' })
    await again.resume(joined)
    expect(again.got[0]).toMatchObject([2, joined.id, { resumed: true }])
  })

  it.each([1, 2 ** 53, -1, 0.5, '0', null, [0]])(
    'ends for its client at the wrong number of messages %j, and nothing is sent',
    async received => {
      const { open, realm } = network()
      const victim = await open()
      const joined = await victim.join()
      await victim.lose()
      const again = await open()
      await again.resume(joined, received as number)
      expect(again.got).toEqual([refused])
      if (typeof received === 'number') expect(realm().sessions.has(joined.id)).toBe(false)
    },
  )

  it('takes the place of a transport that still seems to be there', async () => {
    const { open } = network()
    const victim = await open()
    const joined = await victim.join()
    const again = await open()
    await again.resume(joined)
    expect([again.got[0]![0], victim.isClosed]).toEqual([2, true])
  })

  it('waits on, for its time, where a transport does not take its WELCOME', async () => {
    const { open, realm, clock } = network()
    const serializer = new JsonSerializer()
    const victim = await open({}, { serializer })
    const joined = await victim.join()
    for (const loses of [false, true]) {
      if (loses) await victim.lose()
      const small = await open({}, { serializer, maxMessageSize: 400 })
      await small.resume(joined)
      expect([small.got, victim.isClosed]).toEqual([[refused], loses])
      expect(realm().sessions.has(joined.id)).toBe(true)
    }
    await clock.settle(60_000)
    expect([realm().sessions.size, clock.pending]).toEqual([0, 0])
  })

  it('is over for good when it was killed, also while it has no transport', async () => {
    const { open, realm, clock } = network()
    const victim = await open()
    const joined = await victim.join()
    await victim.lose()
    realm().sessions.get(joined.id)!.dismiss('wamp.close.killed')
    await clock.settle()
    expect(realm().sessions.size).toBe(0)
    const again = await open()
    await again.resume(joined)
    expect(again.got).toEqual([refused])
    await clock.settle(10_000)
    expect(clock.pending).toBe(0)
  })

  it('leaves its realm once, when its time is over, and what was meant for its loss is published at its loss', async () => {
    const { open, clock } = network({}, { access: fullAccess })
    const [watcher, victim] = [await open(), await open()]
    await watcher.join()
    for (const [n, topic] of ['wamp.session.on_leave', 'com.example.detached', 'com.example.destroyed'].entries())
      await watcher.send([32, n + 1, {}, topic])
    const joined = await victim.join()
    const testament = (topic: string, scope: string) =>
      ['wamp.session.add_testament', { args: [topic, [], {}], kwargs: { scope } }] as const
    for (const [procedure, payload] of [testament('com.example.detached', 'detached'), testament('com.example.destroyed', 'destroyed')])
      await victim.send([48, 1, {}, procedure, payload])
    const events = () => watcher.got.filter(([type]) => type === 36).map(message => message[1])
    await victim.lose()
    expect(events()).toEqual([2])
    await clock.settle(59_000)
    expect(events()).toEqual([2])
    await clock.settle(1000)
    expect(events()).toEqual([2, 3, 1])
    expect(watcher.got.at(-1)![4]).toMatchObject({ args: [joined.id, expect.any(String), expect.any(String)] })
  })
})

describe('the registrations of a session without a transport', () => {
  const auth = { ticket: { users: { joe: { ticket: 't', role: 'user' }, jim: { ticket: 'u', role: 'user' } } } }
  const register = (n: number, options = {}) => [64, n, options, 'com.example.add']

  it('go to a new session of the same name, whose program has begun anew', async () => {
    const { open, realm } = network({}, { auth })
    const [crashed, restarted] = [await open(), await open()]
    const joined = await crashed.join('joe', 't')
    await crashed.send(register(1))
    await crashed.lose()
    await restarted.join('joe', 't')
    await restarted.send(register(1))
    expect(restarted.got.at(-1)![0]).toBe(65)
    expect(realm().sessions.has(joined.id)).toBe(false)
    const again = await open()
    await again.resume(joined)
    expect(again.got).toEqual([refused])
  })

  it('do not go to somebody else, nor to the same name while the transport is there, nor where they are shared', async () => {
    const { open, realm } = network({}, { auth })
    const [holder, same, other] = [await open(), await open(), await open()]
    const joined = await holder.join('joe', 't')
    await holder.send(register(1))
    await holder.send([64, 2, { invoke: 'roundrobin' }, 'com.example.shared'])
    await same.join('joe', 't')
    await same.send(register(1))
    expect(same.got.at(-1)![4]).toBe('wamp.error.procedure_already_exists')
    await holder.lose()
    await other.join('jim', 'u')
    await other.send(register(1))
    expect(other.got.at(-1)![4]).toBe('wamp.error.procedure_already_exists')
    await same.send([64, 2, { invoke: 'roundrobin' }, 'com.example.shared'])
    expect(same.got.at(-1)![0]).toBe(65)
    expect(realm().sessions.has(joined.id)).toBe(true)
  })
})

describe('clients that join and drop', () => {
  it('fill neither the realm nor the memory', async () => {
    const { open, realm, clock } = network({ sessions: 10, totalOctets: 256 * 20 }, { maxSessions: 15 })
    for (let n = 0; n < 50; n++) {
      const client = await open()
      await client.join()
      await client.lose()
    }
    expect(realm().sessions.size).toBe(10)
    const honest = await Promise.all(Array.from({ length: 15 }, () => open()))
    for (const client of honest) await client.join()
    expect(honest.filter(({ got }) => got[0]![0] === 2)).toHaveLength(15)
    await clock.settle(60_000)
    expect(realm().sessions.size).toBe(15)
    for (const client of honest) await client.send([6, {}, 'wamp.close.normal'])
    expect([realm().sessions.size, clock.pending]).toEqual([0, 0])
  })

  it('do not keep a realm above a limit that was lowered: newcomers take the place of as many as are too many', async () => {
    const { open, realm, router } = network({}, { maxSessions: 10 })
    const staying = await open()
    await staying.join()
    for (let n = 0; n < 6; n++) {
      const client = await open()
      await client.join()
      await client.lose()
    }
    router.updateRealm('realm1', { maxSessions: 4 })
    expect(realm().sessions.size).toBe(7)
    const newcomer = await open()
    await newcomer.join()
    expect([newcomer.got[0]![0], realm().sessions.size]).toEqual([2, 4])
    // where all that wait would not be enough, none of them has to go
    router.updateRealm('realm1', { maxSessions: 2 })
    const refusedOne = await open()
    await refusedOne.send([1, 'realm1', { roles }])
    expect([refusedOne.got[0]!.slice(2), realm().sessions.size]).toEqual([['wamp.error.unavailable'], 4])
  })

  it('cost nothing more where their events are more than is kept', async () => {
    const { open, realm } = network({ octets: 256 * 4 })
    const victim = await open()
    await victim.join()
    await victim.send([32, 1, {}, 'com.example.tick'])
    await victim.lose()
    const flood = await open()
    await flood.join()
    for (let n = 1; n < 20; n++) await flood.send([16, n, {}, 'com.example.tick'])
    expect(realm().sessions.size).toBe(1)
  })

  it('get their calls answered for a callee that does not come back', async () => {
    const { open, clock } = network()
    const callee = await open()
    await callee.join()
    await callee.send([64, 1, {}, 'com.example.slow'])
    await callee.lose()
    const caller = await open()
    await caller.join()
    await caller.send([48, 1, {}, 'com.example.slow'])
    expect(caller.got).toHaveLength(1)
    await clock.settle(60_000)
    expect(caller.got.at(-1)!.slice(0, 5)).toEqual([8, 48, 1, {}, 'wamp.error.canceled'])
  })
})

/** A router that offers resumption, and raw clients. */
function network(resumption: Partial<ResumptionSettings> = {}, options: RealmOptions = {}) {
  const clock = new FakeClock()
  const realms = { realm1: { resumption, ...options }, realm2: { resumption } }
  const { router, dial } = memoryRouter({ clock, realms })
  const open = async (details: { certificate?: string } = {}, transport: MemoryTransportOptions = {}) =>
    new RawClient(clock, dial({ ...transport, details: [{}, details] }))
  return { clock, open, router, realm: () => router.realms.get('realm1')! }
}

interface Joined {
  readonly id: number
  readonly token: string
  readonly authid: string
}

/** The words of a client that differ from those of the one that has joined. */
interface Claim {
  readonly authid?: string | undefined
  readonly realm?: string
}

class RawClient {
  readonly got: Message[] = []
  isClosed = false
  readonly #clock: FakeClock
  readonly #transport: MemoryTransport

  constructor(clock: FakeClock, transport: MemoryTransport) {
    this.#clock = clock
    this.#transport = transport
    transport.open({
      onMessage: message => this.got.push(message),
      onViolation() {},
      onWritable() {},
      onClosed: () => {
        this.isClosed = true
      },
    })
  }

  async send(message: unknown): Promise<void> {
    this.#transport.send(message as Message)
    await this.#clock.settle()
  }

  async join(authid?: string, secret?: string): Promise<Joined> {
    const named = authid === undefined ? {} : { authid, authmethods: ['ticket'] }
    await this.send([1, 'realm1', { roles, resumable: true, _received: 0, ...named }])
    if (secret !== undefined) await this.send([5, secret, {}])
    const [, id, details] = this.got.at(-1) as unknown as [number, number, Record<string, string>]
    return { id, token: details['resume-token']!, authid: details.authid! }
  }

  async resume({ id, token, authid }: Joined, received: unknown = 0, claim: Claim = {}): Promise<void> {
    const { realm = 'realm1', ...given } = claim
    const details = { roles, authid, resumable: true, 'resume-session': id, 'resume-token': token, _received: received }
    const said = Object.entries({ ...details, ...given }).filter(([, value]) => value !== undefined)
    await this.send([1, realm, Object.fromEntries(said)])
  }

  async lose(): Promise<void> {
    this.#transport.abort('lost')
    await this.#clock.settle()
  }
}
