import { type Dict, type MatchPolicy, type Message, MessageType, type Payload } from '@autobahn-ts/wamp/protocol'
import fc from 'fast-check'
import { expect } from 'vitest'
import { allFeatures, noFeatures, payload, type TestClient, TestRealm } from '../fixtures/test-realm.ts'
import { bounds, RealmModel, type Session } from './realm-model.ts'

const { CALL, CANCEL, ERROR, EVENT, GOODBYE, INVOCATION, PUBLISH, PUBLISHED, REGISTER, REGISTERED, SUBSCRIBE, SUBSCRIBED } = MessageType
const { UNREGISTER, UNREGISTERED, UNSUBSCRIBE, YIELD } = MessageType

const everyone = [0, 1, 2, 3] as const
const who = fc.nat(3)
const nth = fc.nat(3)
const uri = fc.constantFrom('com.a', 'com.a.b', 'com.a.b', 'com.c.b')
const pattern = fc.constantFrom<[MatchPolicy, string]>(
  ['exact', 'com.a'],
  ['exact', 'com.a.b'],
  ['prefix', 'com.a'],
  ['prefix', 'com'],
  ['wildcard', 'com..b'],
  ['wildcard', '.a.b'],
)
const eventOptions = fc.constantFrom<Dict>(
  {},
  {},
  { acknowledge: true },
  { exclude_me: false },
  { retain: true },
  { disclose_me: true },
  { eligible_authid: ['user1', 'user2'] },
  { exclude_authid: ['user1'], retain: true },
)
const callOptions = fc.constantFrom<Dict>(
  {},
  { receive_progress: true },
  { timeout: 100 },
  { timeout: 100, receive_progress: true },
  { timeout: 100, receive_progress: true },
  { progress: true },
)
const registerOptions = fc.constantFrom<Dict>(
  {},
  { invoke: 'roundrobin' },
  { invoke: 'roundrobin' },
  { invoke: 'first', concurrency: 1 },
  { invoke: 'last' },
  { invoke: 'random' },
  { force_reregister: true },
)
const mode = fc.constantFrom('skip', 'kill', 'kill', 'killnowait', undefined)
const error = fc.constantFrom('com.error', 'wamp.error.unavailable', 'wamp.error.unavailable')
/** The number of times that a client does something; many overflow an outbox that is not read. */
const times = fc.constantFrom(1, 1, 1, 1, 1, 1, 2, 50)

/** An input of the model: mostly messages of clients, and what happens to them. `share` and `crowd` are the same for all clients in turn. */
export const anInput = fc.oneof(
  { weight: 3, arbitrary: fc.record({ is: fc.constant('join' as const), who }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('leave' as const), who }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('drop' as const), who }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('stall' as const), who }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('flow' as const), who }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('subscribe' as const), who, pattern, wantsRetained: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('crowd' as const), pattern }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('unsubscribe' as const), who, nth }) },
  { weight: 7, arbitrary: fc.record({ is: fc.constant('publish' as const), who, uri, options: eventOptions, times }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('register' as const), who, pattern, options: registerOptions }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('share' as const), pattern, options: registerOptions }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('unregister' as const), who, nth }) },
  { weight: 12, arbitrary: fc.record({ is: fc.constant('call' as const), who, uri, options: callOptions, times }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('part' as const), who, nth, isLast: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('cancel' as const), who, nth, mode, times: fc.constantFrom(1, 2) }) },
  { weight: 10, arbitrary: fc.record({ is: fc.constant('yield' as const), who, nth, isProgress: fc.boolean(), times }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('error' as const), who, nth, error }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('tick' as const), milliseconds: fc.constantFrom(10, 60, 100) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('testament' as const), who }) },
)
export type Input = typeof anInput extends fc.Arbitrary<infer Value> ? Value : never

/** Runs inputs on a realm and on its model, and expects the same messages at each client after each of them. Returns the number of steps. */
export function runBoth(inputs: readonly Input[]): number {
  const both = new Both()
  for (const who of everyone) both.step({ is: 'join', who })
  for (const input of inputs) both.step(input)
  both.end()
  return both.steps
}

/** One client in both worlds. */
interface Pair {
  readonly client: TestClient
  readonly session: Session
  readonly subscriptions: number[]
  readonly registrations: number[]
  /** The requests of its calls, and the invocations that it has got. */
  readonly requests: number[]
  readonly invocations: number[]
  isStalled: boolean
}

class Both {
  readonly #realm = new TestRealm({ ...bounds, maxPatterns: 10, closeTimeout: 0 })
  readonly #model = new RealmModel()
  readonly #pairs: (Pair | undefined)[] = [undefined, undefined, undefined, undefined]
  readonly #real = new Names()
  readonly #modelled = new Names()
  #tags = 0
  steps = 0

  step(input: Input): void {
    if (input.is === 'tick') {
      this.#model.tick(input.milliseconds)
      this.#realm.clock.advance(input.milliseconds)
    } else if (input.is === 'join') {
      this.#join(input.who)
    } else if (input.is === 'share') {
      for (const who of everyone) this.step({ ...input, is: 'register', who })
    } else if (input.is === 'crowd') {
      for (const who of everyone) this.step({ ...input, is: 'subscribe', who, wantsRetained: false })
    } else {
      const pair = this.#pairs[input.who]
      if (pair === undefined) return
      const times = 'times' in input ? input.times : 1
      for (let n = 0; n < times; n++) {
        if (this.#pairs[input.who] !== pair) break
        this.steps++
        this.#act(pair, input)
        this.#compare()
      }
    }
    this.#compare()
  }

  /** Lets all clients leave, and expects that nothing is left. */
  end(): void {
    for (const [who, pair] of this.#pairs.entries()) if (pair !== undefined) this.step({ is: 'drop', who })
    const { realm, clock } = this.#realm
    expect(realm.sessions.size).toBe(0)
    expect([...realm.broker.subscriptions]).toEqual([])
    expect([...realm.dealer.registrations]).toEqual([])
    expect(clock.pending).toBe(0)
    expect(this.#realm.errors).toEqual([])
  }

  #join(who: number): void {
    if (this.#pairs[who] !== undefined) return
    const isPlain = who === 3
    const client = this.#realm.join({ authid: `user${who}`, roles: isPlain ? noFeatures : allFeatures }, { highWaterMark: 0 })
    const session = this.#model.join(client.id, `user${who}`, isPlain)
    this.#pairs[who] = { client, session, subscriptions: [], registrations: [], requests: [], invocations: [], isStalled: false }
  }

  #act(pair: Pair, input: Exclude<Input, { is: 'tick' | 'join' | 'share' | 'crowd' }>): void {
    const { client, session } = pair
    const model = this.#model
    switch (input.is) {
      case 'leave':
        this.#flow(pair)
        this.#compare()
        client.transport.send([GOODBYE, {}, 'wamp.close.normal'])
        return model.goodbye(session)
      case 'drop':
        this.#flow(pair)
        this.#compare()
        client.transport.abort('gone')
        return model.drop(session)
      case 'stall':
        pair.isStalled = true
        session.isStalled = true
        return client.transport.stall()
      case 'flow':
        return this.#flow(pair)
      case 'testament':
        // it is a call, whose answer the model does not have
        if (pair.isStalled) return
        client.ask('wamp.session.add_testament', ['com.a', [`will${++this.#tags}`], {}])
        session.testaments.push(`will${this.#tags}`)
        return
      case 'subscribe': {
        const [match, uri] = input.pattern
        const request = this.#request(pair)
        client.transport.send([SUBSCRIBE, request, { match, get_retained: input.wantsRetained }, uri])
        return model.subscribe(session, request, match, uri, input.wantsRetained)
      }
      case 'unsubscribe': {
        const id = pick(pair.subscriptions, input.nth)
        if (id === undefined) return
        const request = this.#request(pair)
        client.transport.send([UNSUBSCRIBE, request, id])
        return model.unsubscribe(session, request, this.#modelId('subscription', id))
      }
      case 'publish': {
        const request = this.#request(pair)
        const tag = `event${++this.#tags}`
        client.transport.send([PUBLISH, request, input.options, input.uri, payload(tag)])
        return model.publish(session, request, input.uri, input.options, tag)
      }
      case 'register': {
        const [match, uri] = input.pattern
        const request = this.#request(pair)
        client.transport.send([REGISTER, request, { match, ...input.options }, uri])
        return model.register(session, request, match, uri, input.options)
      }
      case 'unregister': {
        const id = pick(pair.registrations, input.nth)
        if (id === undefined) return
        const request = this.#request(pair)
        client.transport.send([UNREGISTER, request, id])
        return model.unregister(session, request, this.#modelId('registration', id))
      }
      case 'call': {
        const request = this.#request(pair)
        pair.requests.push(request)
        const tag = `call${++this.#tags}`
        client.transport.send([CALL, request, input.options, input.uri, payload(tag)])
        return model.call(session, request, input.uri, input.options, tag, this.#invoked())
      }
      case 'part': {
        const request = pick(pair.requests, input.nth)
        if (request === undefined || pair.isStalled) return
        const options: Dict = input.isLast ? {} : { progress: true }
        const tag = `part${++this.#tags}`
        const isActive = model.calls.some(call => call.caller === session && call.request === request)
        client.transport.send([CALL, request, options, 'com.a', payload(tag)])
        if (isActive) return model.part(session, request, options, tag)
        return model.call(session, request, 'com.a', options, tag, this.#invoked())
      }
      case 'cancel': {
        const request = pick(pair.requests, input.nth)
        if (request === undefined) return
        client.transport.send([CANCEL, request, input.mode === undefined ? {} : { mode: input.mode as 'kill' }])
        return model.cancel(session, request, input.mode)
      }
      case 'yield': {
        const invocation = pick(pair.invocations, input.nth)
        if (invocation === undefined) return
        const tag = `result${++this.#tags}`
        client.transport.send([YIELD, invocation, input.isProgress ? { progress: true } : {}, payload(tag)])
        return model.yields(session, invocation, input.isProgress, tag)
      }
      case 'error': {
        const invocation = pick(pair.invocations, input.nth)
        if (invocation === undefined) return
        client.transport.send([ERROR, INVOCATION, invocation, {}, input.error])
        return model.errs(session, invocation, input.error, this.#invoked())
      }
    }
  }

  #request({ client }: Pair): number {
    return client.next()
  }

  #flow(pair: Pair): void {
    pair.isStalled = false
    pair.session.isStalled = false
    pair.client.transport.flow()
  }

  /** Returns the session that has got an INVOCATION by the message just sent. */
  #invoked(): number | undefined {
    const before = this.#pairs.map(pair => pair?.session.lastInvocation)
    this.#realm.clock.flush()
    for (const [n, pair] of this.#pairs.entries()) {
      if (pair === undefined) continue
      const callee = pair.client.session.callee
      if (callee !== undefined && callee.invocations > before[n]!) return pair.client.id
    }
    return undefined
  }

  #modelId(kind: string, real: number): number {
    return this.#modelled.idOf(kind, this.#real.nameOf(kind, real))
  }

  /** Expects that all clients have got the same in both worlds. */
  #compare(): void {
    this.#model.settle()
    this.#realm.clock.flush()
    for (const [who, pair] of this.#pairs.entries()) {
      if (pair === undefined) continue
      const { client, session } = pair
      const received = client.received()
      for (const message of received) this.#note(pair, message)
      const real = received.map(message => this.#real.named(message))
      const modelled = session.inbox.map(message => this.#modelled.named(message))
      session.inbox = []
      expect(real, `the messages of user${who}`).toEqual(modelled)
      const { outbox } = client.session
      expect(outbox.messages).toBeLessThanOrEqual(bounds.outboxMessages + bounds.outboxReserveMessages)
      const isOver = !this.#model.sessions.includes(session)
      expect(!this.#realm.realm.sessions.has(client.id), `user${who} is over`).toBe(isOver)
      if (isOver) this.#pairs[who] = undefined
    }
  }

  #note(pair: Pair, message: Message): void {
    if (message[0] === SUBSCRIBED) pair.subscriptions.push(message[2])
    if (message[0] === REGISTERED) pair.registrations.push(message[2])
    if (message[0] === INVOCATION && !pair.invocations.includes(message[1])) pair.invocations.push(message[1])
  }
}

/** Names for ids, in the order in which they are seen, so that ids of both worlds can be compared. Texts of errors are left out. */
class Names {
  readonly #names = new Map<string, number>()
  readonly #ids = new Map<string, number>()

  nameOf(kind: string, id: number): number {
    const key = `${kind} ${id}`
    const name = this.#names.get(key) ?? this.#names.size + 1
    this.#names.set(key, name)
    this.#ids.set(`${kind} ${name}`, id)
    return name
  }

  idOf(kind: string, name: number): number {
    return this.#ids.get(`${kind} ${name}`) ?? 0
  }

  named(message: Message): unknown {
    switch (message[0]) {
      case EVENT:
        return [message[0], this.nameOf('subscription', message[1]), this.nameOf('publication', message[2]), message[3], argsOf(message[4])]
      case SUBSCRIBED:
        return [message[0], message[1], this.nameOf('subscription', message[2])]
      case REGISTERED:
        return [message[0], message[1], this.nameOf('registration', message[2])]
      case PUBLISHED:
        return [message[0], message[1], this.nameOf('publication', message[2])]
      case INVOCATION:
        return [message[0], message[1], this.nameOf('registration', message[2]), message[3], argsOf(message[4])]
      case UNREGISTERED:
        return [message[0], message[1], message[2]?.registration === undefined ? 0 : this.nameOf('registration', message[2].registration)]
      case ERROR:
        return message.slice(0, 5)
      case MessageType.ABORT:
        return [message[0], message[2]]
      default:
        return message
    }
  }
}

function argsOf(payload: Payload | undefined): unknown {
  return payload?.args
}

/** Returns an item by its place from the end, so that small numbers mean what is new. */
function pick<Item>(items: readonly Item[], nth: number): Item | undefined {
  return items.at(-1 - nth)
}
