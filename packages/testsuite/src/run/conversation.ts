import type { Case, Frame, Outcome, RoundTrips, Step } from '../cases/case.ts'
import { lengthOf, octetsOf, pieces } from '../cases/payload.ts'
import { fragments } from '../cases/words.ts'
import { encodeFrame, Opcode, type WireFrame } from '../wire/frame.ts'
import { same } from '../wire/octets.ts'
import { Match } from './judge.ts'
import type { Pace } from './pace.ts'
import type { TesteeLink } from './testee-link.ts'

/** The measurements of one conversation. */
export interface Measured {
  /** Milliseconds of each round trip, from the first octet sent to the last one received. */
  readonly roundTrips: readonly number[]
  /** The messages that made a round trip; `wireOctets` counts them as compressed by the fuzzer. */
  readonly sent: { readonly messages: number; readonly octets: number; readonly wireOctets: number }
}

/** Compresses the fuzzer's messages, in order. */
export interface MessageDeflater {
  deflate(payload: Uint8Array): Promise<Uint8Array>
}

/** A message of the fuzzer, ready to be sent. */
interface Outgoing {
  readonly payload: Uint8Array
  readonly frames: readonly WireFrame[]
  readonly wireOctets: number
}

/** Plays the steps of a case on an open connection, until the TCP connection has ended. */
export class Conversation {
  readonly #case: Case
  readonly #link: TesteeLink
  readonly #pace: Pace
  readonly #deflater: MessageDeflater | undefined
  readonly #roundTrips: number[] = []
  readonly #sent = { messages: 0, octets: 0, wireOctets: 0 }
  readonly #parts = new Map<Frame, { readonly octets: Uint8Array; readonly headerLength: number }>()

  constructor(testCase: Case, link: TesteeLink, pace: Pace, deflater?: MessageDeflater) {
    this.#case = testCase
    this.#link = link
    this.#pace = pace
    this.#deflater = deflater
  }

  async play(): Promise<Measured> {
    const end = performance.now() + (this.#case.seconds ?? usualSeconds) * 1000
    const timer = setTimeout(() => this.#link.drop(`the case has taken ${this.#case.seconds ?? usualSeconds} s`), end - performance.now())
    try {
      for (const step of this.#case.steps) {
        if (this.#link.isOver) break
        await this.#take(step)
      }
      await this.#finish()
    } finally {
      clearTimeout(timer)
    }
    return { roundTrips: this.#roundTrips, sent: this.#sent }
  }

  async #take(step: Step): Promise<void> {
    const link = this.#link
    switch (step.step) {
      case 'send':
        return link.sendFrames(
          step.frames.map(frame => this.#wireFrame(frame)),
          step.cut,
        )
      case 'part':
        return this.#sendPart(step.frame, step.from, step.to)
      case 'octets': {
        const octets = octetsOf(step.octets)
        link.exchange.octets('fuzzer', octets)
        return link.sendOctets(octets, step.cut)
      }
      case 'close':
        return link.sendFrames([this.#wireFrame({ opcode: Opcode.Close, payload: step.payload })], 'whole')
      case 'pause':
        return link.pause(step.seconds)
      case 'mark':
        return link.mark(step.name)
      case 'answers':
        return this.#answers(step.count, step.seconds)
      case 'failure':
        return this.#failure(step.otherwise)
      case 'reading':
        return step.isOn ? link.resumeReading() : link.stopReading()
      case 'roundTrips':
        return this.#play(step)
    }
  }

  async #answers(count: number | undefined, seconds: number = this.#pace.answer): Promise<void> {
    const { accepted } = this.#case
    const matches = accepted.map(outcome => new Match(outcome))
    const { events } = this.#link
    let seen = 0
    const came = await this.#link.until(() => {
      for (; seen < events.length; seen++) for (const match of matches) match.take(events[seen]!)
      return this.#link.isOver || isEnough(accepted[0], matches[0], seen, count) || !matches.some(({ isPossible }) => isPossible)
    }, seconds)
    if (!came) this.#link.exchange.note(`no answer for ${seconds} s`)
  }

  async #failure(otherwise: string | undefined): Promise<void> {
    const { failure } = this.#pace
    if (await this.#link.until(() => this.#link.isOver, failure)) return
    if (otherwise === undefined) this.#link.drop(`the testee did not fail the connection for ${failure} s`)
    else this.#link.mark(otherwise)
  }

  async #play({ count, kind, message, fragmentSize, cut = 'whole', seconds = this.#pace.answer }: RoundTrips): Promise<void> {
    const { events } = this.#link
    const before = events.length
    const prepared = (n: number): Promise<Outgoing> => {
      const outgoing = this.#outgoing(kind, octetsOf(message(n)), fragmentSize)
      // Its result is awaited later, or never.
      outgoing.catch(() => {})
      return outgoing
    }
    let next = prepared(0)
    for (let n = 0; n < count; n++) {
      const { payload, frames, wireOctets } = await next
      // The next message is compressed while the testee answers, so that the measured time is the testee's alone.
      if (n + 1 < count) next = prepared(n + 1)
      const started = performance.now()
      await this.#link.sendFrames(frames, cut)
      const came = await this.#link.until(() => events.length > before || this.#link.isOver, seconds)
      const event = events[before]
      if (!came) this.#link.exchange.note(`no echo of message ${n} for ${seconds} s`)
      if (event === undefined || event.kind !== kind || !same(octetsOf(event.payload), payload)) return
      this.#roundTrips.push(performance.now() - started)
      this.#sent.messages++
      this.#sent.octets += payload.length
      this.#sent.wireOctets += wireOctets
      this.#link.forget(event)
    }
    events.push({ kind: 'roundTrips', count })
  }

  /** Puts a message into frames; compresses it where the case has agreed on compression. */
  async #outgoing(kind: 'text' | 'binary', payload: Uint8Array, fragmentSize: number = Number.MAX_SAFE_INTEGER): Promise<Outgoing> {
    const sent = (await this.#deflater?.deflate(payload)) ?? payload
    const frames = messageFrames(kind, sent, fragmentSize).map((frame, n) =>
      this.#wireFrame(this.#deflater !== undefined && n === 0 ? { ...frame, rsv: 4 } : frame),
    )
    return { payload, frames, wireOctets: sent.length }
  }

  async #sendPart(frame: Frame, from: number, to: number = lengthOf(frame.payload)): Promise<void> {
    if (!this.#parts.has(frame)) {
      const wire = this.#wireFrame(frame)
      const octets = encodeFrame(wire)
      this.#link.recordFrame(wire)
      this.#parts.set(frame, { octets, headerLength: octets.length - wire.payload.length })
    }
    const { octets, headerLength } = this.#parts.get(frame)!
    this.#link.exchange.note(`sends the octets ${from} to ${to} of the frame's payload`)
    await this.#link.sendOctets(octets.subarray(from === 0 ? 0 : headerLength + from, headerLength + to))
  }

  #wireFrame({ payload, wronglyMasked = false, ...rest }: Frame): WireFrame {
    const isMasked = (this.#link.role === 'client') !== wronglyMasked
    return { ...rest, payload: octetsOf(payload), ...(isMasked && { mask: crypto.getRandomValues(new Uint8Array(4)) }) }
  }

  /** Ends the conversation: does the closing handshake, then waits for the server to end the TCP connection. */
  async #finish(): Promise<void> {
    const link = this.#link
    if (link.firstToClose === undefined) link.drop('the case is over')
    if (!(await link.until(() => link.isOver, this.#pace.close))) link.drop(`no answer to the close frame for ${this.#pace.close} s`)
    if (link.role === 'server') link.end()
    if (!(await link.until(() => link.droppedBy === 'testee' || link.isClosed, this.#pace.drop)))
      link.drop(`the testee did not end TCP for ${this.#pace.drop} s`)
    if (!(await link.until(() => link.isClosed, this.#pace.drop))) link.drop(`TCP did not end for ${this.#pace.drop} s`)
  }
}

/**
 * Cuts a message into frames. A message whose octets fill its frames exactly ends with an empty frame, so that the number of fragments is
 * that of the Autobahn Testsuite: 65,537 in case 9.3.1.
 */
function messageFrames(kind: 'text' | 'binary', payload: Uint8Array, size: number): Frame[] {
  const parts = pieces(payload, size)
  return fragments(kind, ...parts, ...(payload.length > 0 && payload.length % size === 0 ? [new Uint8Array(0)] : []))
}

/** Whether the expected events are complete. Where pongs may be left out, the last one is needed. */
function isEnough(wanted: Outcome | undefined, match: Match | undefined, seen: number, count: number | undefined): boolean {
  if (count !== undefined) return seen >= count
  if (wanted === undefined || wanted.events === 'any') return true
  return wanted.pongs === undefined ? seen >= wanted.events.length : match?.isComplete === true
}

/** The time limit, in seconds, of a case that does not set its own. */
const usualSeconds = 100
