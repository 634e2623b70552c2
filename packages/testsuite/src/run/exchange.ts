import type { LengthForm } from '../wire/frame.ts'

/** Octets in the form of reports: all of them in hexadecimal digits, or the first and the last. */
export interface ShownOctets {
  readonly length: number
  readonly head: string
  /** The number of octets left out between `head` and `tail`. */
  readonly omitted: number
  readonly tail: string
}

/** An octet sequence that passed, or an event. */
export type ExchangeEntry = { /** Milliseconds since the connection was opened. */ readonly at: number; readonly by: Side } & (
  | ShownFrame
  | { readonly kind: 'octets'; readonly octets: ShownOctets }
  | { readonly kind: 'tcp'; readonly what: 'ended' | 'dropped' | 'reset' }
  | { readonly kind: 'note'; readonly text: string }
)

export interface ShownFrame {
  readonly kind: 'frame'
  readonly opcode: number
  readonly fin: boolean
  readonly rsv: number
  /** The four octets of the mask in hexadecimal digits; empty if the frame is not masked. */
  readonly mask: string
  readonly lengthForm: LengthForm
  /** The unmasked payload. */
  readonly payload: ShownOctets
}

export type Side = 'fuzzer' | 'testee'

/** Counters of one direction. */
export interface Traffic {
  octets: number
  frames: number
}

/** Records the traffic of one connection. It keeps the first and the last entries only, so that a testee cannot fill the memory. */
export class Exchange {
  readonly #started = performance.now()
  readonly #first: ExchangeEntry[] = []
  readonly #last: ExchangeEntry[] = []
  readonly traffic: Readonly<Record<Side, Traffic>> = { fuzzer: { octets: 0, frames: 0 }, testee: { octets: 0, frames: 0 } }
  #omitted = 0

  /** Milliseconds since the connection was opened. */
  get now(): number {
    return Math.round((performance.now() - this.#started) * 1000) / 1000
  }

  frame(by: Side, frame: Omit<ShownFrame, 'kind' | 'payload'> & { readonly payload: Uint8Array }): void {
    this.traffic[by].frames++
    const { opcode, fin, rsv, mask, lengthForm } = frame
    this.#add({ at: this.now, by, kind: 'frame', opcode, fin, rsv, mask, lengthForm, payload: shown(frame.payload) })
  }

  octets(by: Side, octets: Uint8Array): void {
    this.#add({ at: this.now, by, kind: 'octets', octets: shown(octets) })
  }

  tcp(by: Side, what: 'ended' | 'dropped' | 'reset'): void {
    this.#add({ at: this.now, by, kind: 'tcp', what })
  }

  note(text: string): void {
    this.#add({ at: this.now, by: 'fuzzer', kind: 'note', text })
  }

  /** The entries that were kept, in order. `omitted` entries are missing after the first `firstKept`. */
  get record(): { readonly entries: readonly ExchangeEntry[]; readonly omitted: number; readonly omittedAfter: number } {
    return { entries: [...this.#first, ...this.#last], omitted: this.#omitted, omittedAfter: this.#first.length }
  }

  #add(entry: ExchangeEntry): void {
    if (this.#first.length < firstKept) {
      this.#first.push(entry)
      return
    }
    this.#last.push(entry)
    if (this.#last.length <= lastKept) return
    this.#last.shift()
    this.#omitted++
  }
}

/** Converts octets to the form of reports. */
export function shown(octets: Uint8Array): ShownOctets {
  const { length } = octets
  if (length <= headShown + tailShown) return { length, head: digits(octets), omitted: 0, tail: '' }
  return {
    length,
    head: digits(octets.subarray(0, headShown)),
    omitted: length - headShown - tailShown,
    tail: digits(octets.subarray(length - tailShown)),
  }
}

function digits(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('hex')
}

const firstKept = 200
const lastKept = 100
const headShown = 256
const tailShown = 64
