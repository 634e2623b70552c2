import type { Clock, Timer } from '@autobahn-ts/websocket'
import type { Logger } from 'pino'
import type { RefusedJoin } from '../join/joining.ts'

/**
 * Logs clients that may not join: one line in a second at most, so that a flood of refusals does not fill the disk. A line has the facts of one client, and the
 * number of others (`more`) that were refused since the line before.
 */
export class RefusedJoins {
  readonly #log: Logger
  readonly #clock: Clock
  /** Runs for a second after each line. */
  #timer: Timer | undefined
  /** The last client of this second, and their number. */
  #last: object | undefined
  #count = 0

  constructor(log: Logger, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  refused(join: RefusedJoin): void {
    if (!this.#log.isLevelEnabled('info')) return
    this.#last = factsOf(join)
    this.#count++
    if (this.#timer === undefined) this.#write()
  }

  /** Writes what has not been written yet. */
  close(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#count > 0) this.#line()
  }

  #write(): void {
    this.#line()
    this.#timer = this.#clock.schedule(() => {
      this.#timer = undefined
      if (this.#count > 0) this.#write()
    }, interval)
  }

  #line(): void {
    this.#log.info(this.#count === 1 ? this.#last : { ...this.#last, more: this.#count - 1 }, 'refused')
    this.#count = 0
  }
}

/** Returns what the log shows of a client. Its words are cut: each may be as long as a message. */
function factsOf({ reason, realm, authid, authmethods, transport }: RefusedJoin): object {
  return {
    reason: cut(reason),
    realm: realm === undefined ? undefined : cut(realm),
    authid: authid === undefined ? undefined : cut(authid),
    authmethods: authmethods?.slice(0, mostMethods).map(cut),
    transport: { type: transport.kind, peer: transport.peer, secure: transport.isSecure },
  }
}

function cut(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text
}

/** Milliseconds. */
const interval = 1000
const mostCharacters = 100
const mostMethods = 5
