import {
  CloseReason,
  type Dict,
  type GoodbyeDetails,
  type Id,
  type Invocation,
  type Message,
  type MessageTransport,
  MessageType,
  type ProtocolViolation,
  type Result,
  type RouterMessage,
  type TransportDetails,
  type TransportListener,
  type Uri,
} from '@autobahn-ts/wamp/protocol'
import { asError, type Timer } from '@autobahn-ts/websocket/portable'
import type { Subscriber } from '../broker/subscriber.ts'
import type { Caller } from '../dealer/caller.ts'
import type { NearCallee } from '../dealer/near-callee.ts'
import { Outbox, type OutboxOwner } from '../outbox/outbox.ts'
import { type AnnouncedFeatures, featuresOf } from '../parties/announced-features.ts'
import { AwaitedRoom } from '../parties/awaited-room.ts'
import type { OutgoingEvent } from '../parties/outgoing-event.ts'
import type { Delivery, Party } from '../parties/party.ts'
import type { Profile } from './profile.ts'
import { type Held, PublisherHold } from './publisher-hold.ts'
import { type Rated, RateLimit } from './rate-limit.ts'
import type { SessionHome } from './session-home.ts'
import { type RequestSource, SessionRequests } from './session-requests.ts'
import { messagesInTurn, type TurnTaker } from './session-turns.ts'
import { Testaments } from './testaments.ts'
import type { MessageTap, TracedSession, Watcher } from './trace.ts'
import { welcome } from './welcome.ts'

/** A client in a realm, from WELCOME to the end of its transport. */
export class Session implements Party, TransportListener, OutboxOwner, RequestSource, Rated, Held, TurnTaker, TracedSession, Watcher {
  readonly id: Id
  readonly authid: string
  readonly authrole: string
  readonly features: AnnouncedFeatures
  /** The profile without the roles of HELLO, which a client can make as large as a message. */
  readonly profile: Omit<Profile, 'roles'>
  readonly outbox: Outbox
  readonly #transport: MessageTransport
  readonly #home: SessionHome
  readonly #requests: SessionRequests
  readonly #rate: RateLimit
  #isLink: boolean
  #trustLevel: number | undefined
  /** Made when it has to wait for its receivers for the first time. */
  #hold: PublisherHold | undefined
  /** Made when a publisher has to wait for it for the first time. */
  #room: AwaitedRoom | undefined
  #testaments: Testaments | undefined
  /** The traces of its messages; `undefined` where there are none, so that a message costs one look. */
  #taps: MessageTap[] | undefined
  /** `closing`: GOODBYE was sent, and its answer is awaited. */
  #state: 'open' | 'closing' | 'over' = 'open'
  /** The number of reasons why the transport is not read. */
  #pauses = 0
  /** The number of those reasons that end by themselves, because the session sends too much. While there are no others, nothing is read ahead. */
  #briefPauses = 0
  /** The number of the latter that end when the session has its turn. */
  #pausesUntilTurn = 0
  /** The messages of this turn. */
  #inTurn = 0
  /** The crowded turn in which they were counted from 0. */
  #crowd = 0
  #closeTimer: Timer | undefined

  constructor(transport: MessageTransport, profile: Profile, home: SessionHome) {
    this.id = profile.session
    this.authid = profile.authid
    this.authrole = profile.authrole
    this.#isLink = profile.isLink === true
    this.#trustLevel = profile.trustLevel
    const { roles, ...facts } = profile
    this.features = featuresOf(roles)
    this.profile = facts
    this.outbox = new Outbox(transport, home.limits, this)
    this.#transport = transport
    this.#home = home
    this.#requests = new SessionRequests(this, home)
    this.#rate = new RateLimit(home.clock, home.limits.maxMessageRate, this)
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get isLink(): boolean {
    return this.#isLink
  }

  get trustLevel(): number | undefined {
    return this.#trustLevel
  }

  /** Has from now on the standing that its role has by new rules. */
  standsAs(isLink: boolean, trustLevel: number | undefined): void {
    this.#isLink = isLink
    this.#trustLevel = trustLevel
  }

  get transport(): TransportDetails {
    return this.#transport.details
  }

  get testaments(): Testaments {
    this.#testaments ??= new Testaments()
    return this.#testaments
  }

  get caller(): Caller | undefined {
    return this.#requests.caller
  }

  get callee(): NearCallee | undefined {
    return this.#requests.callee
  }

  get subscriber(): Subscriber | undefined {
    return this.#requests.subscriber
  }

  /** Sends WELCOME. It comes before anything else that is sent. A client that does not take a message of its size is sent away. */
  welcome(resumption?: Dict): void {
    const delivery = this.send(welcome(this.#home.name, this.#home.agent, this.profile, resumption))
    // the realm has not yet told others of this session
    if (delivery === 'tooLarge') this.#home.clock.defer(() => this.violated('WELCOME is larger than the messages that the client takes'))
  }

  send(message: RouterMessage): Delivery {
    return this.#sent(message, this.outbox.send(message))
  }

  offer(message: Invocation | Result): Delivery {
    return this.#sent(message, this.outbox.offer(message))
  }

  /** Two sessions that trace each other would otherwise never come to an end. */
  offerUntraced(message: Result): Delivery {
    const delivery = this.outbox.offer(message)
    if (delivery === 'sent') this.#home.traffic.sent(message[0])
    return delivery
  }

  offerEvent(event: OutgoingEvent): void {
    if (!this.outbox.offerEvent(event)) return
    this.#home.traffic.sent(MessageType.EVENT)
    if (this.#taps !== undefined) this.#tapSent(event.message)
  }

  get isFull(): boolean {
    return this.outbox.isFull
  }

  get room(): AwaitedRoom {
    this.#room ??= new AwaitedRoom()
    return this.#room
  }

  /** Does nothing for a link: it carries the messages of many, and all of them would wait. */
  waitForRoom(receivers: readonly Party[]): void {
    if (this.isLink || this.#state !== 'open') return
    this.#hold ??= new PublisherHold(this.#home.clock, this)
    if (this.#hold.begin(receivers)) this.#home.traffic.holds++
  }

  onMessage(message: Message): void {
    this.#home.traffic.received(message[0])
    if (this.#taps !== undefined) for (const tap of this.#taps) tap.received(message)
    if (this.#state === 'open') {
      this.#rate.count()
      this.#countInTurn(message)
      const { timings } = this.#home
      if (timings === undefined || !timings.isDue()) this.#requests.received(message)
      else timings.measure(message, this.#home, this.#requests)
    } else if (this.#state === 'closing' && (message[0] === MessageType.GOODBYE || message[0] === MessageType.ABORT)) {
      this.#close()
    }
  }

  onViolation(violation: ProtocolViolation): void {
    this.violated(violation.message)
  }

  onWritable(): void {
    this.outbox.writable()
    this.#room?.taken(this.outbox.isFull)
  }

  /** The transport is gone. The session leaves once the message that is being handled has been, because tables may be read meanwhile. */
  onClosed(): void {
    const wasOpen = this.#state === 'open'
    this.#stop()
    if (wasOpen) this.#home.clock.defer(() => this.#home.left(this, true))
  }

  outboxOverflowed(): void {
    this.#home.traffic.overflows++
    this.#stop()
    this.#home.clock.defer(() => {
      this.#transport.abort('the session does not read its answers')
      this.#home.left(this, true)
    })
  }

  /**
   * Ends the session by GOODBYE. `isTold`: its testaments are published, and others are told. `retryAfter`: milliseconds that the client is asked to wait
   * before it comes back. Does nothing where the session ends already.
   */
  dismiss(reason: Uri, message?: string, isTold = true, retryAfter?: number): void {
    if (this.#state !== 'open') return
    this.#sayGoodbye(
      { ...(message === undefined ? {} : { message }), ...(retryAfter === undefined ? {} : { _retry_after: retryAfter }) },
      reason,
    )
    this.#state = 'closing'
    this.#stopWaits()
    this.#home.left(this, isTold)
    this.#closeTimer = this.#home.clock.schedule(() => this.#close(), this.#home.limits.closeTimeout * 1000)
  }

  /** Answers the GOODBYE of the client. */
  answerGoodbye(reason: Uri): void {
    if (reason === 'wamp.close.logout') this.#home.loggedOut(this)
    this.#sayGoodbye({}, CloseReason.goodbyeAndOut)
    this.#leaveNow()
  }

  /** Takes the ABORT of the client, which is not answered. */
  aborted(): void {
    this.#leaveNow()
  }

  /** Ends the session at once, without a word: the client could not resume it, and begins a new one. */
  outlived(): void {
    if (this.#state !== 'open') return
    this.#stop()
    this.#transport.abort('the client has begun a new session')
    this.#home.left(this, true)
  }

  /** Ends the session because the client breaks the rules. */
  violated(message: string): void {
    if (this.#state !== 'open') return
    this.send([MessageType.ABORT, { message }, 'wamp.error.protocol_violation'])
    this.outbox.finish()
    this.#leaveNow()
  }

  /** Ends the session because of an error of the application. */
  failed(error: unknown): void {
    this.#home.onError(asError(error))
    this.#transport.abort('internal error')
  }

  addTap(tap: MessageTap): void {
    this.#taps = [...(this.#taps ?? []), tap]
  }

  removeTap(tap: MessageTap): void {
    const taps = this.#taps?.filter(each => each !== tap)
    this.#taps = taps?.length ? taps : undefined
  }

  /** Ends the traces of its messages: the session is over. */
  endTaps(): void {
    for (const tap of this.#taps ?? []) tap.ended()
  }

  slowDown(): void {
    this.#pauseBriefly()
  }

  goOn(): void {
    this.#awaitTurn()
  }

  get share(): number {
    return Math.min(messagesInTurn, this.#rate.allowed)
  }

  countAnew(): void {
    this.#inTurn = 0
  }

  takeTurn(): void {
    this.#inTurn = 0
    this.#rate.wentOn()
    this.#pauses -= this.#pausesUntilTurn - 1
    this.#briefPauses -= this.#pausesUntilTurn
    this.#pausesUntilTurn = 0
    this.resume()
  }

  /** Stops reading until `resume` was called as often. */
  pause(): void {
    if (this.#pauses++ === this.#briefPauses) this.#transport.pause()
  }

  resume(): void {
    if (--this.#pauses === 0 && this.#state === 'open') this.#transport.resume()
  }

  /**
   * Stops reading above the share of a session. Answers to calls do not count: there are as many as calls, and these have counted for their callers. A link
   * carries the messages of many sessions, which have counted where they came from.
   */
  #countInTurn(message: Message): void {
    if (this.isLink || this.#requests.isLastAnswer(message)) return
    this.#inTurn++
    if (this.#inTurn === messagesInTurn / 2) this.#home.turns.count(this)
    else if (this.#inTurn === messagesInTurn) {
      this.#pauseBriefly()
      this.#awaitTurn()
    }
    if (this.#home.turns.countMessage()) this.#countInCrowd()
  }

  /** Stops reading where all sessions together have sent much in this turn, and this one has sent few messages (decision 168). */
  #countInCrowd(): void {
    const { turns } = this.#home
    if (this.#crowd !== turns.crowd) {
      this.#crowd = turns.crowd
      // below half of its share the count goes on from turn to turn
      if (this.#inTurn < messagesInTurn / 2) this.#inTurn = 1
      return
    }
    if (this.#pausesUntilTurn > 0 || this.#inTurn < turns.few) return
    this.#pauseBriefly()
    this.#awaitTurn(true)
  }

  /** Stops reading for a short time. Nothing is read ahead meanwhile, unless it waits for something else as well (decision 159). */
  #pauseBriefly(): void {
    this.#briefPauses++
    if (this.#pauses++ === 0) this.#transport.pause(false)
  }

  /** Ends one pause when the session has its turn. */
  #awaitTurn(withFew = false): void {
    if (this.#pausesUntilTurn++ === 0) this.#home.turns.wait(this, withFew)
  }

  #sent(message: RouterMessage, delivery: Delivery): Delivery {
    if (delivery === 'sent') {
      this.#home.traffic.sent(message[0])
      if (this.#taps !== undefined) this.#tapSent(message)
    } else if (delivery === 'tooLarge') this.#home.traffic.oversized++
    return delivery
  }

  #tapSent(message: RouterMessage): void {
    for (const tap of this.#taps ?? []) tap.sent(message)
  }

  #sayGoodbye(details: GoodbyeDetails, reason: Uri): void {
    this.send([MessageType.GOODBYE, details, reason])
    this.outbox.finish()
    // a session that waits for a permission is not read, and its answer would never come
    if (this.#pauses > 0) this.#transport.resume()
  }

  #leaveNow(): void {
    this.#stop()
    this.#home.left(this, true)
    this.#transport.close()
  }

  #close(): void {
    this.#stop()
    this.#transport.close()
  }

  #stop(): void {
    this.#state = 'over'
    this.outbox.stop()
    this.#stopWaits()
    this.#closeTimer?.cancel()
  }

  /** Ends what it waits for, and the waits of others for it. */
  #stopWaits(): void {
    this.#rate.stop()
    this.#hold?.stop()
    this.#room?.release()
  }
}
