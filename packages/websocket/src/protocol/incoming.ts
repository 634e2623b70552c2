import type { Octets } from '../bytes/octets.ts'
import type { FrameParser } from './frame-parser.ts'
import type { HookRunner } from './hook-runner.ts'

/** The transport's side of flow control. */
export interface Pausable {
  pause(): void
  resume(): void
}

export interface IncomingEvents {
  readingBegan(): void
  readingEnded(): void
  /** Something was thrown while parsing: `PeerMisbehaved`, or a fault of an extension. */
  readingFailed(error: unknown): void
  /** Everything received was parsed, and the peer will send no more. */
  exhausted(): void
}

/**
 * Feeds what was received to the parser, and keeps what has to wait while the application holds the reading.
 *
 * The transport is paused only when octets arrive in spite of that: most promises settle before the next read.
 * So at most one chunk waits here besides the one being parsed.
 */
export class Incoming {
  readonly #stream: Pausable
  readonly #runner: HookRunner
  readonly #events: IncomingEvents
  #parser: FrameParser | undefined
  #backlog: Octets[] = []
  #isReading = false
  #isPaused = false
  #isDiscarding = false
  #hasEnded = false

  constructor(stream: Pausable, runner: HookRunner, events: IncomingEvents) {
    this.#stream = stream
    this.#runner = runner
    this.#events = events
  }

  /** Until then, what is received waits. */
  start(parser: FrameParser): void {
    this.#parser = parser
    this.proceed()
  }

  received(octets: Octets): void {
    if (this.#isDiscarding || octets.length === 0) return
    this.#backlog.push(octets)
    if (this.#isHeld) this.#pause()
    else this.proceed()
  }

  /** The peer will send no more. */
  ended(): void {
    this.#hasEnded = true
    this.proceed()
  }

  /** Goes on with what waits, as far as the application lets it. */
  proceed(): void {
    if (this.#isReading || this.#isHeld) return
    if (this.#backlog.length > 0) this.#readBacklog()
    if (this.#backlog.length > 0 || this.#isHeld) return
    if (this.#hasEnded) this.#events.exhausted()
    else this.#resume()
  }

  /** From now on everything is thrown away; the transport flows, so that its end is seen. */
  discard(): void {
    this.#isDiscarding = true
    this.#backlog = []
    this.#resume()
    if (this.#hasEnded) this.#events.exhausted()
  }

  get #isHeld(): boolean {
    return !this.#isDiscarding && (this.#parser === undefined || this.#runner.isHeld)
  }

  #readBacklog(): void {
    const parser = this.#parser!
    this.#isReading = true
    this.#events.readingBegan()
    try {
      while (this.#backlog.length > 0 && !this.#isHeld) {
        const octets = this.#backlog[0]!
        const stoppedAt = parser.parse(octets, 0)
        if (this.#isDiscarding) break
        // held at the last octet, the parser may still owe the end of a frame: it is asked again with none
        if (stoppedAt === octets.length && !this.#isHeld) this.#backlog.shift()
        else this.#backlog[0] = octets.subarray(stoppedAt)
      }
    } catch (error) {
      this.#events.readingFailed(error)
    } finally {
      this.#isReading = false
      this.#events.readingEnded()
    }
  }

  #pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.#stream.pause()
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#stream.resume()
  }
}
