import type { Socket } from 'node:net'
import type { Cut, Event } from '../cases/case.ts'
import type { CloseWords } from '../wire/close-payload.ts'
import { closePayload, readClosePayload } from '../wire/close-payload.ts'
import { encodeFrame, Opcode, type WireFrame } from '../wire/frame.ts'
import { FrameReader, FrameTooLong, type ReceivedFrame } from '../wire/frame-reader.ts'
import type { Exchange, Side } from './exchange.ts'
import { Patience } from './patience.ts'
import { type MessageInflater, type Taken, TesteeFrames } from './testee-frames.ts'

/** The side of the connection that the fuzzer plays. */
export type Role = 'client' | 'server'

export interface LinkParts {
  /** The socket after the opening handshake, paused, with half-open connections allowed. `rest` is what came after the head. */
  readonly socket: Socket
  readonly rest: Uint8Array
  readonly role: Role
  readonly exchange: Exchange
  readonly inflater?: MessageInflater
}

/**
 * One open connection to a testee, from the first frame to the end of TCP. It records, collects events, answers pings and close frames, and
 * remembers which side ended what. Each wait has a deadline and each buffer a limit, so that a testee can neither block the run nor fill
 * the memory.
 */
export class TesteeLink {
  readonly role: Role
  readonly exchange: Exchange
  readonly events: Event[] = []
  /** Octets of the testee's messages, compressed and decompressed, and the number of compressed messages. */
  readonly compression = { messages: 0, compressedMessages: 0, inflatedOctets: 0, wireOctets: 0 }
  readonly #socket: Socket
  readonly #reader = new FrameReader(largestFrame)
  readonly #frames: TesteeFrames
  readonly #wakers = new Set<() => void>()
  #kept = 0
  #pings = 0
  #firstToClose: Side | undefined
  #sentClose: CloseWords | undefined
  #receivedClose: CloseWords | undefined
  #isViolated = false
  #testeeEnded = false
  #weEnded = false
  #isClosed = false
  #droppedBy: Side | undefined

  constructor({ socket, rest, role, exchange, inflater }: LinkParts) {
    this.role = role
    this.exchange = exchange
    this.#socket = socket
    this.#frames = new TesteeFrames(role === 'server', inflater)
    socket.on('data', chunk => this.#read(chunk))
    socket.on('end', () => this.#testeeEnds('ended'))
    socket.on('error', () => this.#testeeEnds('reset'))
    socket.on('close', () => {
      this.#isClosed = true
      this.#wake()
    })
    // The socket may have ended before the listener was added: Node reports it even for a paused socket.
    if (socket.destroyed) {
      this.#isClosed = true
      this.#testeeEnds('reset')
    } else if (socket.readableEnded) this.#testeeEnds('ended')
    // Octets that came with the head are read before the first step, but not before the caller has added its listeners.
    if (rest.length > 0) this.#read(rest)
    socket.resume()
  }

  /** The side that sent the first close frame, or that dropped TCP without one. */
  get firstToClose(): Side | undefined {
    return this.#firstToClose
  }

  get sentClose(): CloseWords | undefined {
    return this.#sentClose
  }

  get receivedClose(): CloseWords | undefined {
    return this.#receivedClose
  }

  /** The side that ended TCP first. */
  get droppedBy(): Side | undefined {
    return this.#droppedBy
  }

  /** Whether both close frames passed and the testee broke no rule. */
  get wasClean(): boolean {
    return this.#sentClose !== undefined && this.#receivedClose !== undefined && !this.#isViolated
  }

  /** Whether nothing more can come from the testee: it has closed, dropped TCP, or broken a rule. */
  get isOver(): boolean {
    return this.#receivedClose !== undefined || this.#testeeEnded || this.#isViolated || this.#isClosed
  }

  /** Whether the TCP connection has ended. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Sends frames as a step of a case asks for; `cut` says how their octets are divided. */
  async sendFrames(frames: readonly WireFrame[], cut: Cut): Promise<void> {
    const encoded = frames.map(frame => {
      const octets = encodeFrame(frame)
      return { frame, octets }
    })
    if (cut === 'frames') {
      for (const { frame, octets } of encoded) {
        if (!this.isOver) this.#sent(frame)
        await this.#write(octets)
      }
      return
    }
    if (this.isOver) return
    for (const { frame } of encoded) this.#sent(frame)
    const all = encoded.length === 1 ? encoded[0]!.octets : Buffer.concat(encoded.map(({ octets }) => octets))
    await this.sendOctets(all, cut)
  }

  /** Writes octets to TCP, in pieces if `cut` asks for it. */
  async sendOctets(octets: Uint8Array, cut: Cut = 'whole'): Promise<void> {
    if (cut === 'whole' || cut === 'frames') {
      this.#put(octets)
      await this.#drained()
      return
    }
    for (let at = 0; at < octets.length && !this.isOver; at += cut) await this.#write(octets.subarray(at, at + cut))
  }

  /** Records a frame whose octets are sent in parts. */
  recordFrame(frame: WireFrame): void {
    this.#sent(frame)
  }

  mark(name: string): void {
    this.#event({ kind: 'mark', name })
    this.exchange.note(name)
  }

  /** Waits until the condition holds. Returns false if `seconds` pass before (see `Patience`), or where it cannot hold any more. */
  async until(condition: () => boolean, seconds: number): Promise<boolean> {
    const patience = new Patience(seconds)
    while (!condition()) {
      if (this.#isClosed) return condition()
      if (patience.isOver) {
        // Data that has arrived meanwhile is read first.
        await new Promise(resolve => setImmediate(resolve))
        return condition()
      }
      const slice = patience.begin()
      await this.#change(slice)
      patience.end()
    }
    return true
  }

  /** Waits for `seconds`, or until the testee ends the connection. */
  async pause(seconds: number): Promise<void> {
    await this.until(() => this.isOver, seconds)
  }

  /** Stops reading, so that what the testee sends stays in TCP. */
  stopReading(): void {
    this.#socket.pause()
    this.exchange.note('stops reading')
  }

  resumeReading(): void {
    this.#socket.resume()
    this.exchange.note('reads on')
  }

  /** Ends the fuzzer's side of TCP. */
  end(): void {
    if (this.#weEnded) return
    this.#weEnded = true
    this.exchange.tcp('fuzzer', 'ended')
    this.#droppedBy ??= 'fuzzer'
    this.#socket.end()
  }

  /** Ends both sides at once. */
  drop(why: string): void {
    if (this.#isClosed) return
    this.#firstToClose ??= 'fuzzer'
    this.#droppedBy ??= 'fuzzer'
    this.exchange.note(why)
    if (!this.#weEnded || !this.#testeeEnded) this.exchange.tcp('fuzzer', 'dropped')
    this.#socket.destroy()
  }

  #read(chunk: Uint8Array): void {
    this.exchange.traffic.testee.octets += chunk.length
    if (this.#isViolated) return
    try {
      for (const frame of this.#reader.push(chunk)) {
        this.#record('testee', frame)
        this.#take(frame)
        if (this.#isViolated) break
      }
    } catch (error) {
      if (!(error instanceof FrameTooLong)) throw error
      this.#exceeded(error.message)
    }
    this.#wake()
  }

  #take(frame: ReceivedFrame): void {
    if (this.#receivedClose !== undefined) {
      this.#violated('a frame behind its close frame (RFC 6455 §5.5.1)')
      return
    }
    const taken = this.#frames.take(frame)
    if (taken !== undefined) this.#act(taken)
  }

  #act(taken: Taken): void {
    switch (taken.kind) {
      case 'ping':
        this.#pinged(taken.payload)
        return
      case 'violation':
        this.#violated(taken.what)
        return
      case 'excess':
        this.#exceeded(taken.what)
        return
      case 'close':
        this.#closed(taken.words, taken.payload)
        return
      case 'text':
      case 'binary':
        this.#count(taken.payload.length, taken.compressed)
        this.#event({ kind: taken.kind, payload: taken.payload })
        return
      case 'pong':
        this.#event({ kind: 'pong', payload: taken.payload })
    }
  }

  /**
   * Answers a ping. Not every ping needs a pong (RFC 6455 §5.5.3): none is sent to a testee that does not read, nor after our close frame.
   * Too many pings end the case.
   */
  #pinged(payload: Uint8Array): void {
    if (++this.#pings > mostPings) this.#exceeded(`more than ${mostPings} pings`)
    else if (this.#sentClose === undefined && this.#socket.writableLength < mostUnread) this.#reply({ opcode: Opcode.Pong, payload })
  }

  #count(inflated: number, compressed: number | undefined): void {
    this.compression.messages++
    this.compression.inflatedOctets += inflated
    this.compression.wireOctets += compressed ?? inflated
    if (compressed !== undefined) this.compression.compressedMessages++
  }

  /** Removes the last event, to save memory after it has been compared. */
  forget(event: Event): void {
    if (this.events.at(-1) !== event) return
    this.events.pop()
    this.#kept -= sizeOf(event)
  }

  #event(event: Event): void {
    this.#kept += sizeOf(event)
    if (this.#kept > mostKept || this.events.length >= mostEvents) {
      this.#exceeded('more unrequested data than the suite keeps')
      return
    }
    this.events.push(event)
  }

  #closed(words: CloseWords, payload: Uint8Array): void {
    this.#receivedClose = words
    this.#firstToClose ??= 'testee'
    if (this.#sentClose === undefined) this.#reply({ opcode: Opcode.Close, payload })
    // The server ends TCP first (RFC 6455 §7.1.1).
    if (this.role === 'server') this.end()
  }

  #violated(what: string): void {
    this.#failed({ kind: 'violation', what }, 1002, 'the testee broke a rule')
  }

  /** Ends the case because the testee sent more than the suite keeps; the testee is not at fault. */
  #exceeded(what: string): void {
    this.#failed({ kind: 'excess', what }, 1009, 'more than the suite keeps')
  }

  #failed(event: Event & { readonly what: string }, code: number, why: string): void {
    this.#isViolated = true
    this.#firstToClose ??= 'fuzzer'
    this.events.push(event)
    this.exchange.note(`${why}: ${event.what}`)
    if (this.#sentClose === undefined) this.#reply({ opcode: Opcode.Close, payload: closePayload(code, why) })
    this.end()
    this.#wake()
  }

  #testeeEnds(how: 'ended' | 'reset'): void {
    if (this.#testeeEnded) return
    this.#testeeEnded = true
    this.#droppedBy ??= 'testee'
    this.exchange.tcp('testee', how)
    this.#firstToClose ??= 'testee'
    if (how === 'ended') this.end()
    else this.#socket.destroy()
    this.#wake()
  }

  #reply(frame: WireFrame): void {
    const masked = this.role === 'client' ? { ...frame, mask: crypto.getRandomValues(new Uint8Array(4)) } : frame
    this.#sent(masked)
    this.#put(encodeFrame(masked))
  }

  #sent(frame: WireFrame): void {
    if (frame.opcode === Opcode.Close) {
      const words = readClosePayload(frame.payload)
      this.#sentClose ??= typeof words === 'string' ? anyWords(frame.payload) : words
      this.#firstToClose ??= 'fuzzer'
    }
    this.#record('fuzzer', {
      ...frame,
      fin: frame.fin ?? true,
      rsv: frame.rsv ?? 0,
      mask: frame.mask,
      lengthForm: frame.lengthForm ?? formOf(frame.payload.length),
    })
  }

  #record(by: Side, { fin, rsv, opcode, mask, lengthForm, payload }: ReceivedFrame): void {
    this.exchange.frame(by, { fin, rsv, opcode, lengthForm, payload, mask: mask === undefined ? '' : Buffer.from(mask).toString('hex') })
  }

  /** Writes octets in a packet of their own, as far as TCP allows that. */
  async #write(octets: Uint8Array): Promise<void> {
    this.#put(octets)
    await new Promise(resolve => setImmediate(resolve))
    await this.#drained()
  }

  /** Queues octets. All octets of one turn leave in one write, so that frames sent back to back arrive together. */
  #put(octets: Uint8Array): void {
    if (this.#weEnded || this.#isClosed) return
    this.exchange.traffic.fuzzer.octets += octets.length
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork()
      process.nextTick(() => this.#socket.uncork())
    }
    this.#socket.write(octets, () => this.#wake())
  }

  async #drained(): Promise<void> {
    if (this.#socket.writableNeedDrain) await this.until(() => this.isOver || !this.#socket.writableNeedDrain, longestWrite)
  }

  #change(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        this.#wakers.delete(done)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      this.#wakers.add(done)
    })
  }

  #wake(): void {
    for (const wake of [...this.#wakers]) wake()
  }
}

/** Reads the payload of a close frame of the fuzzer, which may carry a code that is forbidden. */
function anyWords(payload: Uint8Array): CloseWords {
  return payload.length < 2 ? {} : { code: (payload[0]! << 8) | payload[1]! }
}

function sizeOf(event: Event): number {
  return 'payload' in event ? event.payload.length : 0
}

function formOf(length: number): 7 | 16 | 64 {
  return length < 126 ? 7 : length < 65_536 ? 16 : 64
}

/** In octets. The largest frame of a case has 16 MiB. */
const largestFrame = 32 * 1024 * 1024
/** The largest sum of the messages of one case, in octets. */
const mostKept = 64 * 1024 * 1024
const mostEvents = 10_000
const mostPings = 10_000
/** The number of octets waiting for the testee to read above which pings are not answered. */
const mostUnread = 1024 * 1024
/** The time, in seconds, that a testee has to read on. */
const longestWrite = 30
