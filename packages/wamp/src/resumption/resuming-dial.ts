import { asError, type Timer, whenAborted } from '@autobahn-ts/websocket/portable'
import type { ResumingTransports, ResumingWorld } from '../client/resuming.ts'
import type { HelloDetails, Id, Message, Uri, WelcomeDetails } from '../messages/message.ts'
import { ABORT, HELLO, WELCOME } from '../messages/message-codes.ts'
import type { MessageTransport, TransportEnd, TransportListener } from '../transports/message-transport.ts'
import type { ReplayBounds } from './replay-buffer.ts'
import { type ResumableOwner, ResumableTransport } from './resumable-transport.ts'

/** Opens a transport to the router. */
type Dial = (signal: AbortSignal) => Promise<MessageTransport>

/** The wishes of an application. */
export interface ResumingOptions extends ReplayBounds {
  readonly onDetached?: ((loss: Detachment) => unknown) | undefined
  readonly onResumed?: ((session: ResumedSession) => unknown) | undefined
}

/** The loss of a transport whose session may go on. */
export interface Detachment {
  /** One sentence, for people. */
  readonly message: string
  /** Milliseconds for which the router keeps the session. */
  readonly keptFor: number
}

/** A session that goes on over another transport. */
export interface ResumedSession {
  readonly id: Id
  /** WELCOME of the new transport; `resumed` is true in it. */
  readonly details: WelcomeDetails
  /** Milliseconds without a transport. */
  readonly after: number
  /** The number of tries, this one included. */
  readonly tries: number
}

/** Opens transports that outlive their connections, where the router announces that its sessions can be resumed. */
export class ResumingDial implements ResumingTransports {
  readonly #dial: Dial
  readonly #options: ResumingOptions
  readonly #world: ResumingWorld
  #current: ResumingOwner | undefined

  constructor(dial: Dial, options: ResumingOptions, world: ResumingWorld) {
    this.#dial = dial
    this.#options = options
    this.#world = world
  }

  async dial(signal: AbortSignal): Promise<MessageTransport> {
    const below = await this.#dial(signal)
    this.#current = new ResumingOwner(below, this.#dial, this.#options, this.#world)
    return this.#current.transport
  }

  /** Tries now where it waits for the next try. */
  retryNow(): void {
    this.#current?.retryNow()
  }
}

/** The client's side of one resumable session: it knows the token, and dials again. */
class ResumingOwner implements ResumableOwner {
  readonly isWritableDetached = false
  readonly resumesAborted = true
  readonly transport: ResumableTransport
  readonly #dial: Dial
  readonly #options: ResumingOptions
  readonly #world: ResumingWorld
  #realm: Uri = ''
  #hello: HelloDetails = { roles: {} }
  #session: Id = 0
  #authid: string | undefined
  #token = ''
  /** Milliseconds. */
  #keptFor = 0
  /** The time of the last WELCOME. */
  #welcomedAt = 0
  /** Whether a message has arrived after the last WELCOME. */
  #hasReceived = true
  /** The time since which resuming has brought nothing. */
  #fruitlessSince = 0
  /** The number of tries since a transport has lasted. */
  #triesInRow = 0
  #retry: { readonly timer: Timer; readonly now: () => void } | undefined
  readonly #over = new AbortController()

  constructor(below: MessageTransport, dial: Dial, options: ResumingOptions, world: ResumingWorld) {
    this.#dial = dial
    this.#options = options
    this.#world = world
    this.transport = new ResumableTransport(below, options, world.clock, this)
  }

  /** Says that this side counts messages, without which a router could not know what is missing. */
  hello(message: Message): Message {
    if (message[0] !== HELLO) return message
    this.#realm = message[1]
    this.#hello = { ...message[2], resumable: true, _received: 0 } as HelloDetails
    return [HELLO, this.#realm, this.#hello]
  }

  welcomed(message: Message): boolean {
    return message[0] === WELCOME && this.#learn(message[1], message[2])
  }

  received(): void {
    this.#hasReceived = true
  }

  detached({ reason }: TransportEnd): boolean {
    this.#tell('onDetached', { message: reason, keptFor: this.#keptFor })
    void this.#redial()
    return true
  }

  retired(): void {
    this.#over.abort()
    this.retryNow()
  }

  retryNow(): void {
    this.#retry?.timer.cancel()
    this.#retry?.now()
  }

  #learn(session: Id, details: WelcomeDetails): boolean {
    const { resumable, 'resume-token': token, _received: received, _resumable_for: seconds } = details as Announced
    if (resumable !== true || typeof token !== 'string' || !Number.isSafeInteger(received)) return false
    if (typeof seconds !== 'number' || Number.isNaN(seconds)) return false
    this.#session = session
    this.#authid = details.authid
    this.#token = token
    this.#welcomedAt = this.#world.clock.now()
    this.#keptFor = Math.min(seconds, longestKept) * 1000
    return true
  }

  /**
   * Tries until the session goes on. A transport that is lost at once each time, perhaps because of a message that is sent again each time, must not be
   * tried without an end: the delays go on from loss to loss, and the time that the router has told is over where nothing has come back within it.
   */
  async #redial(): Promise<void> {
    const { clock } = this.#world
    const since = clock.now()
    const hasLasted = since - this.#welcomedAt >= lasting
    if (hasLasted) this.#triesInRow = 0
    if (hasLasted || this.#hasReceived) this.#fruitlessSince = since
    this.#hasReceived = false
    for (let tries = 1; ; tries++) {
      await this.#wait(delayBefore(++this.#triesInRow) * (0.5 + this.#world.random() / 2))
      if (this.#over.signal.aborted) return
      const left = this.#fruitlessSince + this.#keptFor - clock.now()
      if (left <= 0) return this.transport.giveUp(`the session could not be resumed within ${this.#keptFor / 1000} s`)
      const outcome = await this.#try(Math.min(left, longestTry))
      if (this.#over.signal.aborted) return
      if (typeof outcome === 'string') return this.transport.giveUp(`the router has not resumed the session: ${outcome}`)
      if (outcome !== undefined) {
        return this.#tell('onResumed', { id: this.#session, details: outcome, after: clock.now() - since, tries })
      }
    }
  }

  /** Resolves with the details of WELCOME, with the router's reason where it refuses, and with `undefined` where another try may help. */
  async #try(timeout: number): Promise<WelcomeDetails | string | undefined> {
    try {
      const below = await this.#dial(this.#over.signal)
      return await new Promise(resolve => {
        const attempt = new Attempt(below, this.transport, (id, details) => id === this.#session && this.#learn(id, details), resolve)
        const timer = this.#world.clock.schedule(() => attempt.drop('the router did not answer in time'), timeout)
        const offAbort = whenAborted(this.#over.signal, () => attempt.drop('the session is over'))
        attempt.ended = () => {
          timer.cancel()
          offAbort()
        }
        below.open(attempt)
        below.send([HELLO, this.#realm, this.#resumeDetails()])
      })
    } catch (error) {
      // the router is not there: that is what the next try is for
      return asError(error).name === 'ApiMisuse' ? asError(error).message : undefined
    }
  }

  #resumeDetails(): HelloDetails {
    const { roles, agent } = this.#hello
    return {
      roles,
      ...(agent !== undefined && { agent }),
      ...(this.#authid !== undefined && { authid: this.#authid }),
      resumable: true,
      'resume-session': this.#session,
      'resume-token': this.#token,
      _received: this.transport.received,
    } as HelloDetails
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      const now = (): void => {
        this.#retry = undefined
        resolve()
      }
      this.#retry = { timer: this.#world.clock.schedule(now, milliseconds), now }
    })
  }

  #tell<Name extends 'onDetached' | 'onResumed'>(name: Name, value: Parameters<NonNullable<ResumingOptions[Name]>>[0]): void {
    const callback = this.#options[name] as ((value: unknown) => unknown) | undefined
    if (callback !== undefined) this.#world.call(name, () => callback(value))
  }
}

/** One try to resume a session over a new transport. From WELCOME on it hands everything to the session's transport. */
class Attempt implements TransportListener {
  readonly #below: MessageTransport
  readonly #transport: ResumableTransport
  readonly #learn: (id: Id, details: WelcomeDetails) => boolean
  readonly #settle: (outcome: WelcomeDetails | string | undefined) => void
  #session: TransportListener | undefined
  ended: () => void = () => {}

  constructor(
    below: MessageTransport,
    transport: ResumableTransport,
    learn: (id: Id, details: WelcomeDetails) => boolean,
    settle: (outcome: WelcomeDetails | string | undefined) => void,
  ) {
    this.#below = below
    this.#transport = transport
    this.#learn = learn
    this.#settle = settle
  }

  onMessage(message: Message): void {
    if (this.#session !== undefined) return this.#session.onMessage(message)
    if (message[0] === WELCOME) return this.#welcome(message[1], message[2])
    const reason = message[0] === ABORT ? message[2] : 'it has answered with something else'
    this.#finish(reason)
    this.#below.close()
  }

  onViolation(violation: Parameters<TransportListener['onViolation']>[0]): void {
    if (this.#session !== undefined) return this.#session.onViolation(violation)
    this.#finish(violation.message)
    this.#below.close()
  }

  onWritable(): void {
    this.#session?.onWritable()
  }

  onClosed(end: TransportEnd): void {
    this.#finish(undefined)
    this.#session?.onClosed(end)
  }

  /** Gives the try up, unless it has succeeded. */
  drop(reason: string): void {
    if (this.#session === undefined) this.#below.abort(reason)
  }

  #welcome(id: Id, details: WelcomeDetails): void {
    const { resumed, _received: received } = details as Announced
    const mayGoOn = resumed === true && this.#learn(id, details) && this.#transport.mayGoOn(this.#below, received as number)
    if (!mayGoOn) {
      this.#finish('this side no longer has what the router has not received')
      return this.#below.abort('the session cannot go on')
    }
    this.#session = this.#transport.goOn(this.#below, received as number)
    this.#finish(details)
  }

  #finish(outcome: WelcomeDetails | string | undefined): void {
    this.ended()
    this.#settle(outcome)
  }
}

/** The attributes of WELCOME that say how to resume. Checked where they are read. */
interface Announced extends WelcomeDetails {
  readonly _received?: unknown
  readonly _resumable_for?: unknown
}

function delayBefore(tries: number): number {
  return Math.min(firstDelay * 2 ** (tries - 1), longestDelay)
}

/** Milliseconds, as below. */
const firstDelay = 100
const longestDelay = 5000
const longestTry = 10_000
/** A transport that was there for so long has brought what was sent again. */
const lasting = 10_000
/** Seconds. A router that says more is not believed, because calls would wait for that long. */
const longestKept = 86_400
