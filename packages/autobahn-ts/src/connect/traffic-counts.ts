import type { Message } from '@autobahn-ts/websocket'

/** Counts what `--stats` prints at the end. */
export class TrafficCounts {
  readonly #since: number
  #sent = 0
  #sentOctets = 0
  #received = 0
  #receivedOctets = 0
  readonly #roundTrips: number[] = []

  /** `now` in milliseconds. */
  constructor(now: number) {
    this.#since = now
  }

  sent(message: Message): void {
    this.#sent++
    this.#sentOctets += sizeOf(message)
  }

  received(message: Message): void {
    this.#received++
    this.#receivedOctets += sizeOf(message)
  }

  /** Notes the round trip of a ping, in milliseconds. */
  pinged(roundTrip: number): void {
    this.#roundTrips.push(roundTrip)
  }

  /** Returns the lines to print. `now` in milliseconds. */
  lines(now: number): string[] {
    const lines = [
      `sent      ${counted(this.#sent, 'message')}, ${counted(this.#sentOctets, 'octet')}`,
      `received  ${counted(this.#received, 'message')}, ${counted(this.#receivedOctets, 'octet')}`,
      `time      ${((now - this.#since) / 1000).toFixed(1)} s`,
    ]
    if (this.#roundTrips.length > 0) {
      const sorted = this.#roundTrips.toSorted((a, b) => a - b)
      const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0]
      const median = sorted[Math.floor(sorted.length / 2)] ?? 0
      lines.push(`pings     ${sorted.length}: least ${least.toFixed(1)}, median ${median.toFixed(1)}, most ${most.toFixed(1)} ms`)
    }
    return lines
  }
}

function sizeOf(message: Message): number {
  return typeof message === 'string' ? Buffer.byteLength(message) : message.length
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
}
