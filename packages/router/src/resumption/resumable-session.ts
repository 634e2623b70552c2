import {
  base64,
  type Id,
  type MessageTransport,
  type ResumableOwner,
  ResumableTransport,
  randomName,
  sameSecret,
  signedText,
} from '@autobahn-ts/wamp/protocol'
import type { Clock, Timer } from '@autobahn-ts/websocket/portable'
import type { ResumptionSettings } from './resumption-options.ts'

/** Everything that a resumable session needs of its realm. */
export interface ResumableHome {
  readonly settings: ResumptionSettings
  readonly clock: Clock
  /** Returns octets that nobody can guess. */
  randomOctets(length: number): Uint8Array
  /** Whether one more session without a transport may be kept, with so many octets. */
  hasRoomFor(octets: number): boolean
  /** Takes note of a session that has no transport. */
  detached(session: ResumableSession): void
  /** Takes note of more octets that are kept for a session without a transport. Returns false where they are too many. */
  grown(octets: number): boolean
  /** Takes note that a session has a transport again, or is over. */
  attached(session: ResumableSession): void
  /** Takes note that a session cannot be resumed any more. */
  retired(session: ResumableSession): void
}

/** The facts that a client has to repeat to resume its session. */
export interface ResumableFacts {
  readonly session: Id
  readonly authid: string
}

/** The attributes of WELCOME that tell a client how to resume its session. */
export interface ResumptionAnnouncement {
  readonly resumed: boolean
  readonly resumable: true
  readonly 'resume-token': string
  /** The number of messages of the client that have arrived. */
  readonly _received: number
  /** Seconds for which the session is kept without a transport. */
  readonly _resumable_for: number
}

/**
 * The router's side of one session that can be resumed: its tokens, and the time that it may be without a transport.
 *
 * Tokens are known by their hash alone. Each resumption makes a new one. The one before is void from the first message of the client on, or after
 * half a minute: until then the WELCOME with the new one may have been lost.
 */
export class ResumableSession implements ResumableOwner {
  readonly isWritableDetached = true
  readonly resumesAborted = false
  readonly facts: ResumableFacts
  readonly transport: ResumableTransport
  /** Octets that are kept while there is no transport. */
  octets = 0
  readonly #home: ResumableHome
  readonly #certificate: string | undefined
  #hash = ''
  #hashBefore = ''
  /** The time when the token was made. */
  #since = 0
  #timer: Timer | undefined
  /** The time when the transport was lost. */
  #lost = 0

  constructor(below: MessageTransport, facts: ResumableFacts, home: ResumableHome) {
    this.facts = facts
    this.#home = home
    this.#certificate = below.details.certificate
    this.transport = new ResumableTransport(below, home.settings, home.clock, this)
  }

  /** Whether a token is right, for a client with this name and this certificate. It takes the same time for all that are wrong. */
  isRight(token: string, authid: string | undefined, certificate: string | undefined): boolean {
    const hash = hashOf(token)
    const isBeforeValid = this.#hashBefore !== '' && this.#home.clock.now() - this.#since < unconfirmedTime
    const isCurrent = sameSecret(hash, this.#hash)
    const isBefore = sameSecret(hash, this.#hashBefore) && isBeforeValid
    return (isCurrent || isBefore) && authid === this.facts.authid && certificate === this.#certificate
  }

  /** Makes the next token, and tells the client what it needs. */
  announcement(resumed: boolean): ResumptionAnnouncement {
    const token = base64(this.#home.randomOctets(32))
    this.#hashBefore = this.#hash
    this.#hash = hashOf(token)
    this.#since = this.#home.clock.now()
    return {
      resumed,
      resumable: true,
      'resume-token': token,
      _received: this.transport.received,
      _resumable_for: this.#home.settings.seconds,
    }
  }

  received(): void {
    this.#hashBefore = ''
  }

  detached(): boolean {
    if (!this.#home.hasRoomFor(this.transport.kept)) return false
    this.octets = this.transport.kept
    this.#lost = this.#home.clock.now()
    this.#await()
    this.#home.detached(this)
    return true
  }

  /** Waits as long as the new settings say, for a session without a transport. */
  timeChanged(): void {
    this.#timer?.cancel()
    this.#await()
  }

  kept(octets: number): boolean {
    this.octets += octets
    return this.#home.grown(octets)
  }

  /** Stops the time of a session that has a transport again. */
  goesOn(): void {
    this.#timer?.cancel()
    this.#home.attached(this)
  }

  retired(): void {
    this.#timer?.cancel()
    this.#home.retired(this)
  }

  #await(): void {
    const { clock, settings } = this.#home
    const left = this.#lost + settings.seconds * 1000 - clock.now()
    this.#timer = clock.schedule(() => this.transport.giveUp(`no transport within ${settings.seconds} s`), Math.max(0, left))
  }
}

/** A token is 256 random bits, so one turn of HMAC is as good as a slow hash. The key is other in each process. */
function hashOf(token: string): string {
  key ??= randomName()
  return signedText(token, key)
}

let key: string | undefined

/** Milliseconds. */
const unconfirmedTime = 30_000
