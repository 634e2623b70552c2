import {
  type Dict,
  type Hello,
  type HelloDetails,
  type Id,
  type Message,
  MessageTooLarge,
  type MessageTransport,
  MessageType,
  messageName,
  type ProtocolViolation,
  type TransportDetails,
  type TransportEnd,
  type TransportListener,
  type Uri,
} from '@autobahn-ts/wamp/protocol'
import { type Awaitable, asError, type Clock, type Timer } from '@autobahn-ts/websocket/portable'
import type { Guess, Guesses } from '../auth/guesses.ts'
import type { JoinRequest } from '../auth/join-request.ts'
import type { Challenge, Method, Principal } from '../auth/method.ts'
import { joinDecision } from './join-decision.ts'
import type { RealmDoor, Refusal, Resumable } from './realm-door.ts'

/** Everything that joining needs, shared by all transports of a router. */
export interface JoinWorld {
  readonly clock: Clock
  readonly guesses: Guesses
  /** Milliseconds from the opened transport to WELCOME. */
  readonly joinTimeout: number
  /** Finds a realm by name. */
  door(realm: Uri): RealmDoor | undefined
  /** Returns an id that no session has. */
  newSessionId(): Id
  /**
   * Is asked before a client that has proved itself joins; by default everybody may. A returned principal replaces the one that was proved, and
   * a refusal is sent as ABORT.
   */
  beforeJoin(request: JoinRequest, principal: Principal): Awaitable<Principal | Refusal | undefined>
  /** Takes the errors of authenticators and of `beforeJoin`. */
  onError(error: Error): void
  /** Is told that the transport of a client is gone. */
  gone?(joining: Joining): void
  /** Is told of a client that may not join. */
  refused?(refused: RefusedJoin): void
}

/** A client that may not join. Everything but the reason is as the client has said it: not checked, of any length, and with any characters. */
export interface RefusedJoin {
  /** The URI in ABORT. */
  readonly reason: Uri
  /** `undefined` before HELLO has come, as are the next two. */
  readonly realm: string | undefined
  readonly authid: string | undefined
  /** The method whose challenge was sent; else the methods that the client has offered. */
  readonly authmethods: readonly string[] | undefined
  readonly transport: TransportDetails
}

/** A transport on its way to a session. From WELCOME on it hands everything to the session. */
export class Joining implements TransportListener {
  readonly #transport: MessageTransport
  readonly #world: JoinWorld
  #timer: Timer | undefined
  readonly #local: Principal | undefined
  /** The message that may come now: HELLO first, then nothing while this side decides, AUTHENTICATE after a challenge. */
  #awaited: 'HELLO' | 'AUTHENTICATE' | 'nothing' = 'HELLO'
  #session: TransportListener | undefined
  #isOver = false
  #hello: Hello | undefined
  #challenged: { readonly request: JoinRequest; readonly hello: Hello; readonly method: Method; readonly challenge: Challenge } | undefined

  /** `local` is who the transport belongs to, where the application has made it itself: it need not prove anything. */
  constructor(transport: MessageTransport, world: JoinWorld, local?: Principal) {
    this.#transport = transport
    this.#world = world
    this.#local = local
    this.#timer = world.clock.schedule(() => this.#refuse('wamp.error.timeout', 'the client did not join in time'), world.joinTimeout)
  }

  onMessage(message: Message): void {
    if (this.#session !== undefined) return this.#session.onMessage(message)
    if (this.#isOver) return
    if (message[0] === MessageType.ABORT) return this.#end()
    if (message[0] === MessageType.HELLO && this.#awaited === 'HELLO') return void this.#greeted(message)
    if (message[0] === MessageType.AUTHENTICATE && this.#awaited === 'AUTHENTICATE') return void this.#authenticate(message[1], message[2])
    const expected = this.#awaited === 'nothing' ? 'the answer has to be awaited' : `${this.#awaited} has to come`
    this.#refuse(protocolViolation, `${messageName(message[0])} before WELCOME: ${expected}`)
  }

  onViolation(violation: ProtocolViolation): void {
    if (this.#session !== undefined) this.#session.onViolation(violation)
    else this.#refuse(protocolViolation, violation.message)
  }

  onWritable(): void {
    this.#session?.onWritable()
  }

  onClosed(end: TransportEnd): void {
    this.#timer?.cancel()
    this.#isOver = true
    this.#session?.onClosed(end)
    this.#world.gone?.(this)
  }

  /** Ends the try by ABORT. A client that has joined is left alone. `retryAfter`: milliseconds that the client is asked to wait before it tries again. */
  turnAway(reason: Uri, message: string, retryAfter?: number): void {
    this.#refuse(reason, message, retryAfter)
  }

  async #greeted(hello: Hello): Promise<void> {
    this.#awaited = 'nothing'
    this.#hello = hello
    const [, realm, details] = hello
    const door = this.#world.door(realm)
    if (door === undefined) return this.#refuse('wamp.error.no_such_realm', `there is no realm ${JSON.stringify(realm)}`)
    if (details.authid !== undefined && details.authid.length > longestName)
      return this.#refuse(authenticationFailed, `a name has at most ${longestName} characters`)
    const request: JoinRequest = {
      realm,
      authid: details.authid,
      authrole: details.authrole,
      authextra: details.authextra ?? {},
      agent: details.agent,
      authmethods: details.authmethods?.length ? details.authmethods : ['anonymous'],
      transport: this.#transport.details,
      session: this.#world.newSessionId(),
    }
    if (this.#local !== undefined) return this.#admit(request, hello, 'local', this.#local, this.#local)
    if (details['resume-session'] !== undefined) return this.#resume(request, details)
    await this.#guarded(async () => {
      for (const name of request.authmethods) {
        const method = door.methods.get(name)
        const step = await method?.begin(request)
        if (this.#isOver) return
        if (method === undefined || step === undefined) continue
        if ('principal' in step) return this.#proved(request, hello, method, step.principal)
        this.#challenged = { request, hello, method, challenge: step }
        this.#awaited = 'AUTHENTICATE'
        return this.#transport.send([MessageType.CHALLENGE, method.name, step.extra])
      }
      const offered = [...door.methods.keys()].join(', ') || 'none'
      this.#refuse('wamp.error.no_matching_auth_method', `the methods of the realm are: ${offered}`)
    })
  }

  /** Goes on with a session that has lost its transport. The token takes the place of a proof. */
  async #resume(request: JoinRequest, details: HelloDetails): Promise<void> {
    const { 'resume-session': session = 0, 'resume-token': token = '', authid, _received: received } = details as ResumingHello
    const { certificate } = this.#transport.details
    const find = (): Resumable | undefined => this.#world.door(request.realm)?.resumable({ session, token, authid, certificate })
    const found = find()
    if (found === undefined) return this.#refuse('wamp.error.no_such_session', notResumable)
    await this.#guarded(async () => {
      const { principal } = found
      const asking = { ...request, session, authrole: principal.authrole }
      const decision = joinDecision(await this.#world.beforeJoin(asking, principal), principal)
      if (this.#isOver) return
      if ('reason' in decision) return this.#refuse(decision.reason, decision.message)
      // looked up again: the session may be over, and the token used
      const listener = typeof received === 'number' ? find()?.resume(this.#transport, received) : undefined
      if (listener === undefined) return this.#refuse('wamp.error.no_such_session', notResumable)
      this.#timer?.cancel()
      this.#timer = undefined
      this.#session = listener
    })
  }

  async #authenticate(signature: string, extra: Dict): Promise<void> {
    this.#awaited = 'nothing'
    const challenged = this.#challenged
    if (challenged === undefined) return
    const { request, hello, method, challenge } = challenged
    const { guesses, clock } = this.#world
    const [address, name] = [addressOf(request), `${request.realm} ${request.authid ?? ''}`]
    const guess = await guesses.begin(address, name, () => this.#isOver)
    if (guess === undefined) return this.#refuse(authenticationFailed, 'there were too many tries')
    if (guess.wait > 0) await new Promise<void>(resolve => clock.schedule(resolve, guess.wait))
    if (this.#isOver) return guess.abandoned()
    await this.#guarded(async () => {
      const principal = await this.#answered(challenge, guess, () => guesses.failed(address, name), signature, extra)
      if (this.#isOver) return
      if (principal === undefined) return this.#refuse(authenticationFailed, 'the name or the answer to the challenge is wrong')
      await this.#proved(request, hello, method, principal)
    })
  }

  /**
   * Checks an answer, and tells the outcome to those who count guesses, also where the client is gone meanwhile. Others wait for the outcome only as long as a client
   * may take to join: an authenticator that never answers would keep everybody of that name out. `failedLate` counts a wrong answer after that.
   */
  async #answered(
    challenge: Challenge,
    guess: Guess,
    failedLate: () => void,
    signature: string,
    extra: Dict,
  ): Promise<Principal | undefined> {
    let isLate = false
    const late = (): void => {
      isLate = true
      guess.abandoned()
    }
    const timer = this.#world.clock.schedule(late, this.#world.joinTimeout)
    try {
      const principal = await challenge.answered(signature, extra)
      if (principal !== undefined) guess.succeeded()
      else if (isLate) failedLate()
      else guess.failed()
      return principal
    } finally {
      timer.cancel()
      // an authenticator that throws has not said that the answer is wrong
      guess.abandoned()
    }
  }

  async #proved(request: JoinRequest, hello: Hello, method: Method, proved: Principal): Promise<void> {
    if (request.authrole !== undefined && request.authrole !== proved.authrole) {
      return this.#refuse('wamp.error.no_such_role', 'the client may not have the role that it asks for')
    }
    const decision = joinDecision(await this.#world.beforeJoin(request, proved), proved)
    if (this.#isOver) return
    if ('reason' in decision) return this.#refuse(decision.reason, decision.message)
    this.#admit(request, hello, method.name, decision, proved)
  }

  #admit(request: JoinRequest, hello: Hello, authmethod: string, principal: Principal, proved: Principal): void {
    // looked up again: it may have been removed meanwhile
    const door = this.#world.door(request.realm)
    if (door === undefined) return this.#refuse('wamp.error.no_such_realm', `there is no realm ${JSON.stringify(request.realm)}`)
    const newcomer = {
      transport: this.#transport,
      realm: request.realm,
      session: request.session,
      principal,
      proved,
      authmethod,
      isLocal: this.#local !== undefined,
      hello: hello[2],
    }
    const refusal = door.refusal(newcomer)
    if (refusal !== undefined) return this.#refuse(refusal.reason, refusal.message)
    this.#timer?.cancel()
    this.#timer = undefined
    this.#challenged = undefined
    this.#session = door.admit(newcomer)
  }

  /** Runs what calls the application: its errors are reported, and the client learns only that it cannot join. */
  async #guarded(step: () => Promise<void>): Promise<void> {
    try {
      await step()
    } catch (error) {
      this.#world.onError(asError(error))
      this.#refuse(authenticationFailed, 'the router could not check who the client is')
    }
  }

  #refuse(reason: Uri, message: string, retryAfter?: number): void {
    if (this.#isOver || this.#session !== undefined) return
    this.#sendAbort(reason, message, retryAfter)
    this.#end()
    const [, realm, { authid, authmethods } = noDetails] = this.#hello ?? []
    const method = this.#challenged?.method.name
    this.#world.refused?.({
      reason,
      realm,
      authid,
      authmethods: method === undefined ? authmethods : [method],
      transport: this.#transport.details,
    })
  }

  /** Sends ABORT, without its text where the client does not take a message of that size, and not at all where even that is too large. */
  #sendAbort(reason: Uri, message: string, retryAfter: number | undefined): void {
    const wait = retryAfter === undefined ? {} : { _retry_after: retryAfter }
    for (const details of [{ message, ...wait }, wait]) {
      try {
        return this.#transport.send([MessageType.ABORT, details, reason])
      } catch (error) {
        if (!(error instanceof MessageTooLarge)) throw error
      }
    }
  }

  #end(): void {
    this.#isOver = true
    this.#timer?.cancel()
    this.#transport.close()
  }
}

const noDetails: { readonly authid?: string; readonly authmethods?: readonly string[] } = {}

/** HELLO of a client that counts messages. */
interface ResumingHello extends HelloDetails {
  readonly _received?: unknown
}

/**
 * The address of a client without its port, which is another each time. Of IPv6 it is the network of 64 bits, because whoever has one address
 * of it has all of them.
 */
function addressOf({ transport: { peer } }: JoinRequest): string {
  const address = peer.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  if (!address.includes(':')) return address
  const [left = '', right] = address.split('::')
  const groups = left === '' ? [] : left.split(':')
  const after = right === undefined || right === '' ? 0 : right.split(':').length
  while (right !== undefined && groups.length + after < 8) groups.push('0')
  return groups.slice(0, 4).join(':')
}

/** Names are kept of those who fail, thousands of them, so a name must not be as long as a message may be. */
const longestName = 1024
/** One answer for everything that is wrong, so that nobody learns which sessions there are. */
const notResumable = 'there is no session that this client can resume'
const protocolViolation = 'wamp.error.protocol_violation'
const authenticationFailed = 'wamp.error.authentication_failed'
