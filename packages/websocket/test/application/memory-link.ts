import type { WebSocketClientFactory } from '../../src/application/client-factory.ts'
import type { WebSocketClientProtocol, WebSocketServerProtocol } from '../../src/application/protocol.ts'
import type { WebSocketServerFactory } from '../../src/application/server-factory.ts'
import type { ByteStream, ByteStreamReader } from '../../src/bytes/byte-stream.ts'
import { type MemoryPairOptions, memoryPair } from '../../src/bytes/memory-pair.ts'
import type { RequestHead } from '../../src/handshake/http/http1-head.ts'
import type { UpgradeContext } from '../../src/handshake/incoming-request.ts'
import type { TransportDetails } from '../../src/protocol/life/transport-details.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { sha1 } from '../../src/testing/sha1.ts'
import { until } from '../fixtures/until.ts'

/** Octets travel by themselves, one turn after the other; time passes only when the test says so. */
class FlowingClock extends FakeClock {
  override defer(callback: () => void): void {
    super.defer(callback)
    setImmediate(() => this.flush())
  }
}

export const transport: TransportDetails = {
  peer: { address: '192.0.2.1', port: 50_000 },
  own: { address: '192.0.2.2', port: 80 },
  isSecure: false,
}

/** Joins protocols in memory. */
export class MemoryLink {
  readonly clock: FakeClock = new FlowingClock()
  readonly runtime = fakeRuntime({ clock: this.clock })

  /** A client of one factory and a server of another. */
  join(
    client: WebSocketClientFactory,
    server: WebSocketServerFactory,
    options?: MemoryPairOptions,
  ): [WebSocketClientProtocol, WebSocketServerProtocol] {
    const [one, other] = memoryPair(this.clock, options)
    const accepted = server.acceptStream(other, transport, this.runtime)!
    return [client.connectStream(one, transport, this.runtime), accepted]
  }

  /** A server, and its client in the hands of the test. */
  serve(factory: WebSocketServerFactory, head?: RequestHead, context?: UpgradeContext): [RawPeer, WebSocketServerProtocol] {
    const [one, other] = memoryPair(this.clock)
    const accepted = factory.acceptStream(other, transport, this.runtime, head, context)
    return [new RawPeer(one), accepted!]
  }

  /** A client, and its server in the hands of the test. */
  connect(factory: WebSocketClientFactory): [RawPeer, WebSocketClientProtocol] {
    const [one, other] = memoryPair(this.clock)
    const protocol = factory.connectStream(other, transport, this.runtime)
    return [new RawPeer(one), protocol]
  }
}

/** One end of a link that speaks octets. */
export class RawPeer implements ByteStreamReader {
  readonly stream: ByteStream
  #received: Buffer = Buffer.alloc(0)
  hasEnded = false
  isClosed = false
  error: Error | undefined

  constructor(stream: ByteStream) {
    this.stream = stream
    stream.start(this)
  }

  dataReceived(octets: Uint8Array): void {
    this.#received = Buffer.concat([this.#received, octets])
  }

  drained(): void {}

  ended(): void {
    this.hasEnded = true
  }

  closed(error: Error | undefined): void {
    this.isClosed = true
    this.error = error
  }

  write(...parts: readonly (string | Uint8Array | readonly number[])[]): void {
    this.stream.write(Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Uint8Array.from(part)))))
  }

  /** Everything that came, as text. */
  get text(): string {
    return this.#received.toString('latin1')
  }

  /** The head of the request or response, once it is there. */
  async head(): Promise<string> {
    await until(() => this.text.includes('\r\n\r\n') || this.isClosed)
    return this.text.slice(0, this.text.indexOf('\r\n\r\n'))
  }

  /** The frames that came behind the head, in short: `text hello`, `binary 3`, `close 1000 bye`. */
  get frames(): string[] {
    const frames: string[] = []
    let rest = this.#received.subarray(this.text.indexOf('\r\n\r\n') + 4)
    for (let frame = readFrame(rest); frame !== undefined; frame = readFrame(rest)) {
      frames.push(frame.shown)
      rest = rest.subarray(frame.size)
    }
    return frames
  }

  async frame(shown: string): Promise<void> {
    await until(() => this.frames.includes(shown) || this.isClosed)
    if (!this.frames.includes(shown)) throw new Error(`no ${shown} among ${this.frames}`)
  }

  /** Does a client's part of the opening handshake. */
  async open(path = '/', ...headers: readonly string[]): Promise<void> {
    this.write(upgrade(path, ...headers))
    await this.head()
  }

  /** Does a server's part of the opening handshake. */
  async accept(...headers: readonly string[]): Promise<void> {
    this.write(await this.acceptance(...headers))
  }

  /** Returns the response that accepts the request. */
  async acceptance(...headers: readonly string[]): Promise<string> {
    const [, key] = /Sec-WebSocket-Key: (.*)/.exec(await this.head())!
    const digest = Buffer.from(sha1(Buffer.from(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`))).toString('base64')
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${digest}`]
    return `${[...lines, ...headers].join('\r\n')}\r\n\r\n`
  }
}

export function upgrade(path = '/', ...headers: readonly string[]): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...headers,
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** A client's frame, masked with zeros. */
export function masked(first: number, payload: string | Uint8Array): Uint8Array {
  const octets = Buffer.from(payload)
  const length = octets.length < 126 ? [0x80 | octets.length] : [0x80 | 126, octets.length >> 8, octets.length & 255]
  return Buffer.concat([Uint8Array.of(first, ...length, 0, 0, 0, 0), octets])
}

/** Lets everything happen that can. */
export async function quiet(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise(resolve => setImmediate(resolve))
}

function readFrame(octets: Buffer): { readonly shown: string; readonly size: number } | undefined {
  if (octets.length < 2) return undefined
  const short = octets[1]! & 0x7f
  let at = 2
  let length = short
  if (short === 126) length = octets.readUInt16BE(2)
  if (short === 127) length = Number(octets.readBigUInt64BE(2))
  at += short === 126 ? 2 : short === 127 ? 8 : 0
  const key = octets[1]! > 0x7f ? octets.subarray(at, at + 4) : undefined
  at += key === undefined ? 0 : 4
  if (octets.length < at + length) return undefined
  const payload = octets.subarray(at, at + length).map((octet, i) => octet ^ (key?.[i % 4] ?? 0))
  return { shown: show(octets[0]!, Buffer.from(payload)), size: at + length }
}

function show(first: number, payload: Buffer): string {
  const opcode = first & 0x0f
  const more = first < 0x80 ? '...' : ''
  const reserved = (first >> 4) & 7
  const bits = reserved === 0 ? '' : ` rsv${reserved}`
  if (opcode === 8) return payload.length === 0 ? 'close' : `close ${payload.readUInt16BE(0)} ${payload.subarray(2)}`.trim()
  const names: Readonly<Record<number, string>> = { 0: 'continuation', 1: 'text', 2: 'binary', 9: 'ping', 10: 'pong' }
  const shown = opcode === 1 || opcode > 8 ? payload.toString() : String(payload.length)
  return `${names[opcode] ?? `opcode ${opcode}`}${more}${bits} ${shown}`
}
