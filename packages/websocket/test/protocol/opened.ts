import {
  type ClientOptions,
  type Octets,
  type ServerOptions,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  type WebSocketFactory,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../src/portable.ts'
import { type FakeClock, type FakeRuntime, fakeRuntime } from '../../src/testing/index.ts'
import { FakeStream } from './fake-stream.ts'
import { textOf } from './wire.ts'

/** One end of an open connection, with the test at the other end of its transport. */
export interface Opened<Protocol> {
  readonly protocol: Protocol
  readonly stream: FakeStream
  readonly clock: FakeClock
  readonly factory: WebSocketFactory
  /** The errors passed to `factory.onError`. */
  readonly errors: Error[]
}

export interface OpenedServer<Protocol> extends Opened<Protocol> {
  readonly factory: WebSocketServerFactory
}

export function openServer<Protocol extends WebSocketServerProtocol>(
  protocol: new () => Protocol,
  options: Partial<ServerOptions> = {},
  runtime: FakeRuntime = fakeRuntime(),
  staysOpen = true,
  headers = '',
): OpenedServer<Protocol> {
  const factory = new WebSocketServerFactory(undefined, { autoPingInterval: 0, ...options, protocol })
  const errors = collectErrors(factory)
  const stream = new FakeStream(runtime.clock)
  const opened = factory.acceptStream(stream, transport, runtime) as Protocol
  stream.receive(latin1(`${request}${headers}\r\n`))
  stream.writes.shift()
  if (staysOpen && !opened.isOpen) throw new Error('the handshake failed')
  return { protocol: opened, stream, clock: runtime.clock, factory, errors }
}

export function openClient<Protocol extends WebSocketClientProtocol>(
  protocol: new () => Protocol,
  options: Partial<ClientOptions> = {},
  runtime: FakeRuntime = fakeRuntime(),
): Opened<Protocol> {
  const factory = new WebSocketClientFactory('ws://a/', { autoPingInterval: 0, ...options, protocol })
  const errors = collectErrors(factory)
  const stream = new FakeStream(runtime.clock)
  const opened = factory.connectStream(stream, transport, runtime) as Protocol
  const key = /Sec-WebSocket-Key: (.*)\r/.exec(textOf(stream.sent()))![1]!
  const accept = btoa(String.fromCharCode(...runtime.crypto.sha1(latin1(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`))))
  stream.receive(
    latin1(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`),
  )
  if (!opened.isOpen) throw new Error('the handshake failed')
  return { protocol: opened, stream, clock: runtime.clock, factory, errors }
}

export class ServerProtocol extends WebSocketServerProtocol {}
export class ClientProtocol extends WebSocketClientProtocol {}

/** A name and what it was called with; octets as numbers. */
export type Call = readonly [hook: string, ...args: unknown[]]

export const tiers = {
  messages: ['onMessage'],
  texts: ['onMessage', 'onTextMessage'],
  frames: ['onMessageBegin', 'onMessageFrame', 'onMessageEnd'],
  streams: ['onMessageBegin', 'onMessageFrameBegin', 'onMessageFrameData', 'onMessageFrameEnd', 'onMessageEnd'],
  all: ['onMessageBegin', 'onMessageFrameBegin', 'onMessageFrameData', 'onMessageFrameEnd', 'onMessageFrame', 'onMessageEnd', 'onMessage'],
} as const
export type Tier = keyof typeof tiers

/** A protocol class that records the hooks of a tier and all control hooks, calls the defaults, and lets each hook answer as told. */
export function recording(tier: Tier, calls: Call[], answer: (hook: string) => Promise<void> | undefined = nothing): typeof ServerProtocol {
  const Recording = class extends ServerProtocol {}
  record(Recording.prototype, [...tiers[tier], ...controlHooks], calls, answer)
  return Recording
}

export function recordingClient(
  tier: Tier,
  calls: Call[],
  answer: (hook: string) => Promise<void> | undefined = nothing,
): typeof ClientProtocol {
  const Recording = class extends ClientProtocol {}
  record(Recording.prototype, [...tiers[tier], ...controlHooks], calls, answer)
  return Recording
}

/** Lets all promises settle that can settle without time. */
export async function settled(clock: FakeClock): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    clock.flush()
    await new Promise(resolve => setImmediate(resolve))
  }
}

type Hook = (this: object, ...args: unknown[]) => unknown

function record(prototype: object, hooks: readonly string[], calls: Call[], answer: (hook: string) => Promise<void> | undefined): void {
  for (const hook of hooks) {
    const inherited = (Reflect.get(prototype, hook) as Hook | undefined) ?? nothing
    const recorded: Hook = function (...args) {
      calls.push([hook, ...args.map(arg => (arg instanceof Uint8Array ? Array.from(arg) : arg))])
      const result = answer(hook)
      return result === undefined ? inherited.apply(this, args) : result.then(() => inherited.apply(this, args) as undefined)
    }
    Object.defineProperty(prototype, hook, { value: recorded })
  }
}

function nothing(): undefined {}

function collectErrors(factory: WebSocketFactory): Error[] {
  const errors: Error[] = []
  factory.onError = error => void errors.push(error)
  return errors
}

function latin1(text: string): Octets {
  return Uint8Array.from(text, character => character.charCodeAt(0))
}

const controlHooks = ['onOpen', 'onPing', 'onPong', 'onCloseFrame', 'onClose']
const transport = { peer: { address: '', port: undefined }, own: { address: '', port: undefined }, isSecure: false }
const request =
  'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n'
