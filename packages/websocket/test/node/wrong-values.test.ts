import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nameOfKind } from '../../src/bytes/real-octets.ts'
import {
  ApiMisuse,
  Channel,
  type Connection,
  connect,
  connectWS,
  type FrameOptions,
  type Listener,
  listenWS,
  PreparedFrame,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../src/index.ts'
import { shownValue } from '../../src/protocol/faults/shown-value.ts'

/** Values that most parameters do not take, by their names. */
const values: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['a symbol', Symbol('s')],
  ['a bigint', 7n],
  ['NaN', Number.NaN],
  ['null', null],
  ['a number', 5.5],
  ['a string', 'no'],
  ['a boolean', true],
  ['a function', () => 1],
  ['a class', WebSocketServerProtocol],
  ['an object', {}],
  ['an object without a prototype', Object.create(null)],
  ['an object that cannot be printed', { toString: Number.NaN, valueOf: 1 }],
  ['a list', [1]],
  ['a date', new Date(0)],
  ['a map', new Map()],
  ['an array of other numbers', new Int16Array(2)],
  ['an ArrayBuffer', new ArrayBuffer(2)],
  ['a proxy of an object', new Proxy({}, {})],
  ['a proxy of octets', new Proxy(new Uint8Array(1), {})],
  ['a proxy of a function', new Proxy(() => 1, {})],
  ['an object with the prototype of octets', Object.create(Uint8Array.prototype)],
  ['a proxy that was revoked', revoked()],
  [
    'an object whose tag throws',
    {
      get [Symbol.toStringTag]() {
        throw new Error('no tag')
      },
    },
  ],
])

const strings = ['a string']
/** Octets in other forms, which connections in function style send. */
const memory = ['an array of other numbers', 'an ArrayBuffer']
const booleans = ['a boolean']
/** Options by position: objects without names that do not exist. */
const options = [
  'an object',
  'an object without a prototype',
  'a proxy of an object',
  'an object whose tag throws',
  'an object with the prototype of octets',
]
const octet = new Uint8Array(1)

type Row = readonly [call: string, (value: never) => unknown, taken?: readonly string[]]

/** Every send method and every method that ends a connection, with each parameter. `taken`: values that the parameter takes. */
const rows: readonly Row[] = [
  ['sendMessage(value)', value => client.sendMessage(value), strings],
  ['sendMessage(text, value)', value => client.sendMessage('', value), [...booleans, 'null']],
  ['sendMessage(text, false, value)', value => client.sendMessage('', false, value), options],
  ['sendMessage with fragmentSize', value => client.sendMessage('', false, { fragmentSize: value })],
  ['sendMessage with doNotCompress', value => client.sendMessage('', false, { doNotCompress: value }), booleans],
  ['sendPreparedMessage(value)', value => client.sendPreparedMessage(value)],
  ['sendPreparedFrame(value)', value => client.sendPreparedFrame(value)],
  ['new PreparedFrame(value)', value => new PreparedFrame(value)],
  ['new PreparedFrame(3, value)', value => new PreparedFrame(3, value)],
  ['new PreparedFrame(3, octets, value)', value => new PreparedFrame(3, octet, value), options],
  ['beginMessage(value)', value => client.beginMessage(value), [...booleans, 'null']],
  ['beginMessage(true, value)', value => client.beginMessage(true, value), options],
  ['sendPing(value)', value => client.sendPing(value)],
  ['sendPong(value)', value => client.sendPong(value)],
  ['sendFrame(value)', value => client.sendFrame(value)],
  ['sendFrame(3, value)', value => client.sendFrame(3, value)],
  ['sendFrame with options', value => client.sendFrame(3, octet, value), options],
  ['sendFrame with reserved', value => client.sendFrame(3, octet, { reserved: value })],
  ['sendFrame with isFinal', value => client.sendFrame(3, octet, { isFinal: value }), booleans],
  ['sendFrame with final', value => client.sendFrame(3, octet, { final: value }), booleans],
  ['sendClose(value)', value => client.sendClose(value)],
  ['sendClose(1000, value)', value => client.sendClose(1000, value), [...strings, 'null']],
  ['failConnection(value, text)', value => client.failConnection(value, '')],
  ['failConnection(1011, value)', value => client.failConnection(1011, value), strings],
  ['failConnection(1011, text, value)', value => client.failConnection(1011, '', value)],
  ['dropConnection(value)', value => client.dropConnection(value), options],
  ['dropConnection with abort', value => client.dropConnection({ abort: value }), booleans],
  ['prepareMessage(value)', value => factory.prepareMessage(value), strings],
  ['prepareMessage(text, value)', value => factory.prepareMessage('', value), [...booleans, 'null']],
  ['prepareMessage(text, false, value)', value => factory.prepareMessage('', false, value), options],
  ['prepareMessage with fragmentSize', value => factory.prepareMessage('', false, { fragmentSize: value })],
  ['factory.broadcast(value)', value => factory.broadcast(value), strings],
  ['factory.broadcast(text, value)', value => factory.broadcast('', value), options],
  ['factory.broadcast to a value', value => factory.broadcast('', { to: [...factory.connections, value] })],
  ['factory.broadcast with to', value => factory.broadcast('', { to: value }), ['a map', 'a list', 'an array of other numbers']],
  ['factory.broadcast with slow', value => factory.broadcast('', { slow: value })],
  ['channel.broadcast(value)', value => channel.broadcast(value), strings],
  ['channel.broadcast(text, value)', value => channel.broadcast('', value), options],
  ['channel.broadcast to a value', value => channel.broadcast('', { to: [connection, value] })],
  ['channel.join(value)', value => channel.join(value)],
  ['setProtocolOptions(value)', value => factory.setProtocolOptions(value), options],
  ['setSessionParameters(value)', value => factory.setSessionParameters(value), options],
  ['connection.send(value)', value => connection.send(value), [...strings, ...memory]],
  ['connection.send([octets, value])', value => connection.send([octet, value]), memory],
  ['connection.send(async source of value)', value => connection.send(sourceOf(value)), [...memory, 'a proxy that was revoked']],
  ['connection.send(text, value)', value => connection.send('no', value), options],
  ['connection.send(text, { binary })', value => connection.send('no', { binary: value }), booleans],
  ['connection.send(text, { doNotCompress })', value => connection.send('no', { doNotCompress: value }), booleans],
  ['connection.send(text, { fragmentSize })', value => connection.send('no', { fragmentSize: value })],
  ['connection.send(text, { signal })', value => connection.send('no', { signal: value })],
  ['connection.send(source without an iterator)', value => connection.send({ [Symbol.asyncIterator]: () => value } as never)],
  ['connection.receive(value)', value => connection.receive(value), options],
  ['connection.receive with timeout', value => connection.receive({ timeout: value }), ['a number']],
  ['connection.receive with signal', value => connection.receive({ signal: value })],
  ['connection.close(value)', value => connection.close(value)],
  ['connection.close(1000, value)', value => connection.close(1000, value), [...strings, 'null']],
]

/** Methods within a message that is begun, and within a frame. */
const within: readonly Row[] = [
  ['sendMessageFrame(value)', value => sender.sendMessageFrame(value)],
  ['sendMessageFrame(octets, value)', value => sender.sendMessageFrame(octet, value), options],
  ...(['reserved', 'final'] as const).map(
    (name): Row => [
      `sendMessageFrame with ${name}`,
      value => sender.sendMessageFrame(octet, { [name]: value } as FrameOptions),
      name === 'final' ? booleans : [],
    ],
  ),
  ['beginMessageFrame(value)', value => sender.beginMessageFrame(value), ['a bigint']],
  ['beginMessageFrame(1, value)', value => sender.beginMessageFrame(1, value), options],
  ['beginMessageFrame with reserved', value => sender.beginMessageFrame(1, { reserved: value })],
  ['sendMessageFrameData(value)', value => sender.sendMessageFrameData(value)],
]

class Peer extends WebSocketServerProtocol {
  static readonly heard: string[] = []
  static told: () => void = () => undefined

  override onMessage(payload: Uint8Array, isBinary: boolean): void {
    this.#hear(isBinary ? `${payload.length} octets` : new TextDecoder().decode(payload))
  }

  override onPing(): void {
    this.#hear('ping')
  }

  override onPong(): void {
    this.#hear('pong')
  }

  override onClose(): void {
    this.#hear('close')
  }

  #hear(what: string): void {
    Peer.heard.push(what)
    Peer.told()
  }
}
class Client extends WebSocketClientProtocol {
  override onMessage(): void {
    Peer.heard.push('a broadcast')
  }
}

const factory = new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Peer })
const channel = new Channel()
let listener: Listener
let client: Client
let sender: Client
let connection: Connection

beforeAll(async () => {
  listener = await listenWS(factory)
  const url = `ws://127.0.0.1:${listener.port}`
  client = await connectWS<Client>(new WebSocketClientFactory(url, { protocol: Client }))
  sender = await connectWS<Client>(new WebSocketClientFactory(url, { protocol: Client }))
  connection = await connect(url)
  void channel.join(connection)
  sender.beginMessage(true)
})
afterAll(() => listener.close({ timeout: 0 }))

describe('a value of the wrong type', () => {
  for (const [call, run, taken = []] of [...rows, ...within]) {
    it(`is ApiMisuse that names it: ${call}`, async () => {
      for (const [name, value] of values) {
        if (taken.includes(name)) continue
        const error = await errorOf(() => run(value as never))
        expect(error, name).toBeInstanceOf(ApiMisuse)
        const { message } = error as ApiMisuse
        expect(
          [...namesOf(value)].some(shown => message.includes(shown)),
          `${name}: ${message}`,
        ).toBe(true)
      }
    })
  }

  it('leaves the connections open, and nothing of it is sent', async () => {
    expect([client, sender, connection.protocol].map(({ isOpen }) => isOpen)).toEqual([true, true, true])
    sender.sendMessageFrame(new Uint8Array(3), { final: true })
    client.sendMessage('last of the client')
    await connection.send('last of the connection')
    await heard(3)
    expect([...Peer.heard].sort()).toEqual(['3 octets', 'last of the client', 'last of the connection'])
  })
})

/** The ways in which a message may name a value: itself, its kind, or the name of an option that does not exist. */
function* namesOf(value: unknown): Generator<string> {
  yield shownValue(value)
  yield nameOfKind(value)
  if (typeof value === 'object' && value !== null && !isRevoked(value)) yield* Object.keys(value)
}

async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  return undefined
}

async function* sourceOf(value: unknown): AsyncGenerator<never> {
  yield value as never
}

function heard(count: number): Promise<void> {
  return new Promise(resolve => {
    Peer.told = () => {
      if (Peer.heard.length >= count) resolve()
    }
    Peer.told()
  })
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function isRevoked(value: object): boolean {
  try {
    Object.getPrototypeOf(value)
    return false
  } catch {
    return true
  }
}
