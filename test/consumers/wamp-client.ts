// Consumers of WAMP's client, with a catalogue and without one, compiled as the other programs of this folder.
import {
  type CallResult,
  type Client,
  connect,
  cryptosign,
  isWampError,
  type Registration,
  result,
  type SessionDetails,
  scram,
  ticket,
  WampError,
  wampcra,
} from '@autobahn-ts/wamp'
import { joined } from '@autobahn-ts/wamp/testing'
import * as v from 'valibot'

export async function untyped(): Promise<void> {
  const client = await connect('ws://127.0.0.1:8080', { realm: 'example', auth: ticket('service', async () => 'token') })
  const value: unknown = await client.call('com.example.add', [2, 3])
  const sum: number = await client.call<number>('com.example.add', [2, 3])
  const sessions: number = await client.call('wamp.session.count')
  const details: SessionDetails = await client.call('wamp.session.get', [sessions])
  const whole: CallResult<[number, string]> = await client.callResult<[number, string]>('com.example.two')
  const sent: boolean = client.publish('com.example.tick', [value, sum, details, whole])
  const publication: number = await client.publish('com.example.tick', [sent], {}, { acknowledge: true })

  await client.serve({ 'com.example.add': (a: number, b: number) => a + b, 'com.example.now': async () => Date.now() })
  await client.register<[sku: string]>('com.example.buy', async ({ args: [sku], signal }) => {
    if (signal.aborted) throw new WampError('com.example.no_stock', [sku], { left: 0 })
    return result([sku.toUpperCase()], { unit: 'm' })
  })
  await client.register<[to: number]>('com.example.count', async function* ({ args: [to] }) {
    for (let n = 1; n <= to; n++) yield n
    return 'done'
  })
  await client.register('com.example.checked', { args: v.tuple([v.string(), v.number()]) }, ({ args: [name, age] }) => name.length + age)
  await client.subscribe('com.example.checked', { kwargs: v.object({ unit: v.string() }) }, ({ kwargs }) => kwargs.unit.length)
  await client.subscribe('wamp.session.on_join', ({ args: [session] }) => console.log(session.authid))
  await client.subscribe<[time: number]>('com.example.tick', ({ args: [time], details: { publisher } }) =>
    console.log(time + (publisher ?? 0)),
  )
  await client.register<[name: string], { size?: number }, Uint8Array>('com.example.upload', async ({ args: [name], kwargs, chunks }) => {
    let octets = kwargs.size ?? name.length
    for await (const chunk of chunks) octets += chunk.length
    return octets
  })

  const counting = client.stream<number, string>('com.example.count', [10])
  for await (const n of counting) console.log(n.toFixed())
  const done: string = await counting.result
  for await (const { topic, args } of client.events('com.example', { match: 'prefix' })) console.log(topic, args, done, publication)

  try {
    await client.call('com.example.buy', ['x1'], {}, { timeout: 2000 })
  } catch (error) {
    if (isWampError(error, 'com.example.no_stock')) console.log(error.uri, error.kwargs.left)
  }

  // @ts-expect-error: an option that does not exist
  client.publish('com.example.tick', [], {}, { acknowledged: true })
  // @ts-expect-error: a promise comes only with acknowledge
  await client.publish('com.example.tick', [1]).then()
  // @ts-expect-error: a realm is required
  await connect('ws://127.0.0.1:8080', {})
}

interface Api {
  procedures: {
    'com.example.add': (a: number, b: number) => number
    'com.example.slow': (name?: string) => Promise<string>
    'com.example.count': (to: number) => AsyncGenerator<number, 'done'>
    'com.example.find': { args: [text: string]; kwargs: { limit?: number }; result: string[] }
    'com.example.buy': { args: [sku: string]; kwargs: { count: number }; result: boolean }
    'com.example.upload': { args: [name: string]; chunks: Uint8Array; progress: number; result: number }
    'com.example.record': { args: []; chunks: string; result: number }
    [user: `com.example.user.${string}`]: (id: number) => { name: string }
  }
  topics: {
    'com.example.tick': [time: number]
    'com.example.state': { args: [on: boolean]; kwargs: { by: string } }
    [topic: `com.example.room.${string}`]: [text: string]
  }
  errors: {
    'com.example.no_stock': { args: [sku: string]; kwargs: { left: number } }
    'com.example.bad': [why: string]
  }
}

export async function typed(): Promise<void> {
  const client = await connect<Api>('ws://127.0.0.1:8080', { realm: 'example' })
  const sum: number = await client.call('com.example.add', [2, 3])
  const slow: string = await client.call('com.example.slow')
  const done: 'done' = await client.call('com.example.count', [3])
  const found: string[] = await client.call('com.example.find', ['x'], { limit: 3 })
  const bought: boolean = await client.call('com.example.buy', ['x'], { count: 1 })
  const user: { name: string } = await client.call('com.example.user.joe', [5])
  const count: number = await client.call('wamp.session.count')
  const octets: number = await client.call('com.example.upload', ['a'], {}, { chunks: [new Uint8Array()], onProgress: n => n.toFixed() })
  async function* words(): AsyncGenerator<string> {
    yield 'a'
  }
  const recorded: number = await client.call('com.example.record', words())
  const counting = client.stream('com.example.count', [3])
  for await (const n of counting) console.log(n.toFixed(), sum, slow, done, found, bought, user, count, octets, recorded)
  const final: 'done' = await counting.result

  const tick: boolean = client.publish('com.example.tick', [1])
  const state: boolean = client.publish('com.example.state', [true], { by: 'joe' })
  const publication: number = await client.publish('com.example.room.1', ['hello'], {}, { acknowledge: true })
  const registration: Registration = await client.register('com.example.add', ({ args: [a, b] }) => a + b)
  await client.register('com.example.find', async ({ args: [text], kwargs: { limit = 1 } }) => [text.repeat(limit)])
  await client.register('com.example.count', async function* ({ args: [to] }) {
    yield to
    return 'done' as const
  })
  await client.register('com.example.upload', async ({ chunks }) => {
    let sum = 0
    for await (const chunk of chunks) sum += chunk.length
    return sum
  })
  await client.register('com.example.user.joe', ({ args: [id] }) => ({ name: id.toFixed() }))
  await client.register('com.example.user', ({ args }) => args.length, { match: 'prefix' })
  await client.serve({ 'com.example.add': (a, b) => a + b, 'com.example.slow': async name => `hello ${name ?? 'you'}` })
  await client.subscribe('com.example.tick', ({ args: [time] }) => time.toFixed())
  await client.subscribe('com.example.state', ({ args: [on], kwargs: { by } }) => on && by.length)
  await client.subscribe('com.example', ({ topic, args }) => [topic, args.length], { match: 'prefix' })
  for await (const { args } of client.events('com.example.room.5'))
    console.log(args[0].length, tick, state, publication, registration, final)
  const anything: unknown = await client.untyped.call('com.other.add', [anywhere])
  try {
    await client.call('com.example.add', [1, 2])
  } catch (error) {
    if (client.isWampError(error, 'com.example.no_stock')) console.log(error.args[0].length + error.kwargs.left, anything)
  }

  // @ts-expect-error: a procedure that is not in the catalogue
  await client.call('com.example.other', [])
  // @ts-expect-error: arguments of another type
  await client.call('com.example.add', ['2', 3])
  // @ts-expect-error: too few arguments
  await client.call('com.example.add')
  // @ts-expect-error: keywords that are required
  await client.call('com.example.buy', ['x'])
  // @ts-expect-error: a result of another type
  await client.register('com.example.add', () => 'x')
  // @ts-expect-error: an event of another type
  client.publish('com.example.tick', ['now'])
  // @ts-expect-error: a pattern without its match
  await client.subscribe('com.example', () => 1)
  // @ts-expect-error: a function that is not in the catalogue
  await client.serve({ 'com.example.other': () => 1 })
}

export async function anyAuthentication(
  client: Client<Api>,
  router: { accept(): void },
  clock: Parameters<typeof joined>[0]['clock'],
): Promise<void> {
  const auth = [wampcra('joe', 'secret'), scram('joe', () => 'secret'), cryptosign('11'.repeat(32), { authid: 'joe' })]
  const other: Client<Api> = await joined<Api>({ router, clock, auth })
  console.log(client.session?.id, other.session?.authid)
}

declare const anywhere: unknown
