import type { ByteStream, ByteStreamReader } from '../bytes/byte-stream.ts'
import { joined, type Octets } from '../bytes/octets.ts'
import { decodeLatin1 } from '../handshake/http/latin1.ts'
import { acceptFor } from '../handshake/response.ts'
import type { FakeRuntime } from './fake-runtime.ts'
import { frameOctets, framesOf, payloadOctets, type RawFrame, type RawFrameFields } from './raw-frame.ts'

/**
 * One end of a connection that a test writes octet by octet: a peer that breaks rules, is slow, or goes away in the middle.
 *
 * Nothing that it writes is checked. What it writes travels at once, unless the connection has a latency.
 */
export class RawPeer {
  readonly #stream: ByteStream
  readonly #runtime: FakeRuntime
  readonly #isClient: boolean
  readonly #pieces: Octets[] = []
  #hasEnded = false
  #isClosed = false
  #error: Error | undefined

  /** `isClient` is the side that this peer is on: the frames of a client are masked by default. */
  constructor(stream: ByteStream, runtime: FakeRuntime, isClient: boolean) {
    this.#stream = stream
    this.#runtime = runtime
    this.#isClient = isClient
    stream.start(this.#reader)
  }

  // ---- what the other side has sent

  /** Everything that has come, the opening handshake included. */
  get received(): Octets {
    return joined([...this.#pieces])
  }

  /** The head of the HTTP request or response that has come, as text, with its empty line; empty while it is not complete. */
  get head(): string {
    const text = decodeLatin1(this.received)
    const end = text.indexOf(endOfHead)
    return end < 0 ? '' : text.slice(0, end + endOfHead.length)
  }

  /** The whole frames that have come behind the head. `frames.map(String)` describes them: `['text hello', 'close 1000 bye']`. */
  get frames(): RawFrame[] {
    return framesOf(this.received.subarray(this.head.length))
  }

  /** Whether the other side has ended its direction of the transport. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Whether the transport is gone. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** The error with which the transport has closed: a reset. */
  get error(): Error | undefined {
    return this.#error
  }

  // ---- what this side does

  /** Writes octets. A string is written as UTF-8. */
  write(...parts: readonly (string | Octets | readonly number[])[]): void {
    this.#stream.write(joined(parts.map(part => payloadOctets(part))))
    this.#runtime.clock.flush()
  }

  /** Writes a frame. */
  writeFrame(fields: RawFrameFields): void {
    this.write(frameOctets(fields, this.#isClient))
  }

  /** Writes a valid request for a path, with more header lines. For a peer in the place of a client. */
  request(resource = '/', ...headers: readonly string[]): void {
    this.write(
      `GET ${resource} HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n${linesOf(headers)}\r\n`,
    )
  }

  /** Writes a valid response that accepts the request that has come, with more header lines. For a peer in the place of a server. */
  accept(...headers: readonly string[]): void {
    const [, asked] = /^Sec-WebSocket-Key: *(\S+)/im.exec(this.head) ?? []
    if (asked === undefined) throw new Error('no request has come: call clock.flush(), or let the latency pass')
    this.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${acceptFor(asked, this.#runtime.crypto)}\r\n${linesOf(headers)}\r\n`,
    )
  }

  /** Stops reading, as a slow peer does: what the other side sends stays unsent there. */
  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
    this.#runtime.clock.flush()
  }

  /** Ends this direction of the transport (half-close); the other side may still send. */
  end(): void {
    this.#stream.end()
    this.#runtime.clock.flush()
  }

  /** Resets the transport, as a process that is killed does. */
  reset(): void {
    this.#stream.destroy(true)
    this.#runtime.clock.flush()
  }

  readonly #reader: ByteStreamReader = {
    dataReceived: octets => {
      this.#pieces.push(octets.slice())
    },
    drained: () => {},
    ended: () => {
      this.#hasEnded = true
    },
    closed: error => {
      this.#isClosed = true
      this.#error = error
    },
  }
}

function linesOf(headers: readonly string[]): string {
  return headers.map(header => `${header}\r\n`).join('')
}

const endOfHead = '\r\n\r\n'
/** The key of the example in RFC 6455 §1.3. */
const key = 'dGhlIHNhbXBsZSBub25jZQ=='
