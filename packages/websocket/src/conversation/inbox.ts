import { GatheredOctets } from '../bytes/gathered-octets.ts'
import { allocateZeroed, copyOf, type Octets, type ReceivedOctets } from '../bytes/octets.ts'
import { Queue } from '../bytes/queue.ts'
import type { Runtime } from '../bytes/runtime.ts'
import type { Text } from '../bytes/text.ts'
import { CloseCode } from '../protocol/faults/close-code.ts'
import { ApiMisuse, ConnectionClosed } from '../protocol/faults/errors.ts'
import type { Kept } from '../protocol/hooks/hooks.ts'
import type { Message } from './connection.ts'
import { costPerItem, IncomingStream } from './incoming-stream.ts'
import type { End, Taker } from './taker.ts'

/** The connection that an inbox belongs to. */
export interface InboxOwner {
  readonly limits: CollectLimits
  readonly runtime: InboxRuntime
  /** Called for a message above the limits that a caller wants whole. */
  tooBig(message: string): void
}

/** The part of a runtime that an inbox uses. Messages are collected in memory of any content, where it has that. */
export type InboxRuntime = Pick<Runtime, 'text' | 'allocateUnset'>

/** Limits of messages that are collected whole; streams have none by default. 0 means unlimited (decision 16). */
export interface CollectLimits {
  readonly maxMessagePayloadSize: number
  readonly maxMessageFrames: number
}

/**
 * The receiving half of one connection in function style: the messages that wait, and the callers that wait for one.
 *
 * The rules stand as a table in the README of this folder. A message goes to the caller that has waited longest. While no caller waits,
 * messages are kept, up to `mostOctets`. Then the hook returns a promise, which stops the reading until there is room or a caller asks.
 *
 * A message is not collected or streamed before a caller has asked for it, so the one that is arriving may
 * still become either (decision 42).
 */
export class Inbox {
  readonly #owner: InboxOwner
  #stance: Stance = 'unasked'
  /** Made when something has to wait for the first time, apart from one caller. */
  #backlog: Backlog | undefined
  /** The caller that has waited longest. While callers wait, no messages do. */
  #taker: Taker | undefined
  /** The octets that wait in messages and in pieces of streams, plus `costPerItem` for each of them. */
  #cost = 0
  #arriving: 'nothing' | 'message' | IncomingStream = 'nothing'
  /** The part of the arriving message that has come. Made for the first one that does not come whole. */
  #begun: Begun | undefined
  #memberships = 0
  /** Bits of `Note`: a field for each would take as much memory as a pointer. */
  #notes = 0
  #end: End | undefined

  constructor(owner: InboxOwner) {
    this.#owner = owner
  }

  // ---- for callers

  /** Returns the message that has waited longest; `undefined` where none waits. */
  next(): Message | undefined {
    this.#notes &= ~Note.TakesStreams
    return this.#first()
  }

  /** Gives the next message to the caller, now or when it comes. */
  take(taker: Taker): void {
    if (taker.takes === 'stream') this.#notes |= Note.TakesStreams
    else this.#notes &= ~Note.TakesStreams
    const message = this.#first()
    if (message !== undefined)
      return taker.takes === 'message' ? taker.give(message) : taker.give(streamOf(message, this.#owner.runtime.text))
    if (this.#end !== undefined) return taker.end(this.#end)
    if (this.#taker !== undefined) this.#replaceDoubtful()
    this.#await(taker)
    this.#serve()
  }

  /** Ends the wait of an owner. The message that would have been its own goes to the next caller, or is kept. */
  giveUp(owner: object): void {
    for (const taker of this.#remove(taker => taker.owner === owner)) taker.stop()
    this.#serve()
  }

  /** Notes that the application receives from this connection: from now on nothing is discarded, unless it says so. */
  ask(): void {
    if (this.#stance !== 'over') this.#stance = 'asked'
  }

  /** Discards the messages that wait, and those that come until a caller asks again. A caller that already waits gets the next message. */
  ignore(): void {
    if (this.#stance !== 'over') this.#stance = this.#taker === undefined ? 'ignored' : 'asked'
    this.#discard(new ApiMisuse('ignoreMessages() was called before this message was read to its end'))
  }

  /** Discards everything from now on, because this side closes. */
  stop(): void {
    this.#stance = 'over'
    this.#discard(new ConnectionClosed(CloseCode.Abnormal, 'the connection is closing'))
  }

  /** Notes that the application waits for the end of this connection. If it never receives from it, reading must not stop. */
  endAwaited(): void {
    this.#notes |= Note.EndAwaited
    this.#listen()
  }

  /** Notes that the connection has joined a channel. */
  joined(): void {
    this.#memberships++
    this.#listen()
  }

  /** Notes that the connection has left a channel. */
  left(): void {
    this.#memberships--
    if (this.#stance === 'unheard' && this.#memberships === 0 && !this.#has(Note.EndAwaited)) this.#stance = 'unasked'
  }

  // ---- for hooks; a promise stops the reading until it settles

  /** The part of the arriving message that is kept until it is complete. */
  get keeps(): Kept {
    return this.#arriving === 'message' ? 'message' : 'nothing'
  }

  /**
   * The part of the next message that will probably be kept, before its first hook is called: nothing, where messages are taken as streams.
   */
  get willKeep(): Kept {
    return this.#has(Note.TakesStreams) || (this.#stance !== 'asked' && this.#stance !== 'unasked') ? 'nothing' : 'message'
  }

  messageBegan(isBinary: boolean): void {
    this.#arriving = this.#stance === 'asked' || this.#stance === 'unasked' ? 'message' : 'nothing'
    this.#begun = { isBinary, missing: 0, wireLength: 0, frameCount: 0, gathered: this.#begun?.gathered }
    this.#serve()
  }

  frameBegan(length: number): void {
    const begun = this.#begun!
    begun.missing = length
    begun.wireLength += length
    begun.frameCount++
    if (this.#arriving === 'message' && this.#taker !== undefined) this.#checkLimits(0)
  }

  /** Takes octets of the arriving message. They are lent. With an extension there may be more of them than the length of the frame. */
  dataCame(octets: Octets): Promise<void> | undefined {
    if (octets.length === 0 || this.#arriving === 'nothing') return undefined
    if (this.#arriving === 'message') return this.#collect(octets)
    if (this.#arriving.isOver) return undefined
    this.#arriving.push(copyOf(octets, 0, octets.length))
    return this.#hold()
  }

  messageEnded(): Promise<void> | undefined {
    const arriving = this.#arriving
    this.#arriving = 'nothing'
    if (arriving === 'nothing') return undefined
    if (arriving !== 'message') {
      arriving.complete()
      return undefined
    }
    const { isBinary, gathered } = this.#begun!
    const payload = gathered?.take() ?? new Uint8Array(0)
    return this.#came(isBinary ? payload : this.#owner.runtime.text.decode(payload), payload.length)
  }

  /** Takes a message that came in one piece over the wire, as the hooks above do one after the other. `length`: octets on the wire. */
  wholeCame(message: Message, length: number): Promise<void> | undefined {
    const taker = this.#taker
    const isCollected = this.#stance === 'asked' || this.#stance === 'unasked'
    if (!isCollected || taker?.takes === 'stream' || (taker === undefined && this.#cost + length >= mostOctets))
      return this.#cameInSteps(message)
    return taker === undefined || this.#isWithinLimits(length, 1) ? this.#came(message, length) : undefined
  }

  /**
   * Keeps everything that was read, however much waits already. The peer has ended, so this is bounded by what is read ahead, and it would
   * be lost with the connection otherwise.
   */
  takeAll(): void {
    this.#notes |= Note.TakesAll
    this.#release()
  }

  /** Called when the connection is gone. Messages that wait can still be taken. */
  ended(end: End): void {
    this.#end = end
    if (this.#arriving instanceof IncomingStream) this.#arriving.breakOff(end.error)
    this.#forgetArriving()
    for (const taker of this.#remove(() => true)) taker.end(end)
    this.#release()
  }

  // ---- within

  #first(): Message | undefined {
    this.ask()
    const first = this.#backlog?.messages.shift()
    if (first === undefined) return undefined
    this.#costChanged(0 - first.cost)
    return first.message
  }

  #came(message: Message, length: number): Promise<void> | undefined {
    const taker = this.#shiftTaker()
    if (taker === undefined) return this.#keep({ message, cost: length + costPerItem })
    if (taker.takes === 'message') taker.give(message)
    else taker.give(streamOf(message, this.#owner.runtime.text))
    return undefined
  }

  #collect(octets: Octets): Promise<void> | undefined {
    const isWanted = this.#taker !== undefined
    if (isWanted && !this.#checkLimits(octets.length)) return undefined
    const begun = this.#begun!
    begun.missing = Math.max(0, begun.missing - octets.length)
    const room = Math.max(0, mostOctets - this.#cost - this.#gatheredLength - octets.length)
    begun.gathered ??= new GatheredOctets(this.#owner.runtime.allocateUnset ?? allocateZeroed)
    begun.gathered.append(octets, 0, octets.length, isWanted ? begun.missing : Math.min(begun.missing, room))
    return this.#hold()
  }

  #keep(message: Waiting): Promise<void> | undefined {
    this.#madeBacklog().messages.push(message)
    this.#cost += message.cost
    return this.#hold()
  }

  #cameInSteps(message: Message): Promise<void> | undefined {
    const octets = typeof message === 'string' ? encodedAlone(message, this.#owner.runtime.text) : message
    this.messageBegan(typeof message !== 'string')
    this.frameBegan(octets.length)
    const held = this.dataCame(octets)
    return held === undefined ? this.messageEnded() : held.then(() => this.messageEnded())
  }

  /** Gives the arriving message to the caller that has waited longest, and resumes the reading where there is room now. */
  #serve(): void {
    const taker = this.#taker
    if (this.#arriving === 'message' && taker !== undefined) {
      if (taker.takes === 'stream') {
        this.#shiftTaker()
        taker.give(this.#streamed())
      } else {
        this.#checkLimits(0)
      }
    }
    this.#relax()
  }

  /** Turns the arriving message into a stream; what was collected so far becomes its first piece. */
  #streamed(): IncomingStream {
    const { isBinary, gathered } = this.#begun!
    const stream = new IncomingStream(isBinary, by => this.#costChanged(by))
    if (gathered !== undefined && gathered.length > 0) stream.push(gathered.take())
    this.#arriving = stream
    return stream
  }

  /** Checks the arriving message, with so many octets more. */
  #checkLimits(more: number): boolean {
    const { wireLength, frameCount } = this.#begun!
    return this.#isWithinLimits(Math.max(wireLength, this.#gatheredLength + more), frameCount)
  }

  #isWithinLimits(length: number, frameCount: number): boolean {
    const { maxMessagePayloadSize, maxMessageFrames } = this.#owner.limits
    if (maxMessageFrames > 0 && frameCount > maxMessageFrames) return this.#isTooBig(frameCount, 'frames', maxMessageFrames)
    if (maxMessagePayloadSize === 0 || length <= maxMessagePayloadSize) return true
    return this.#isTooBig(length, 'octets', maxMessagePayloadSize)
  }

  #isTooBig(count: number, unit: string, limit: number): false {
    this.#owner.tooBig(`message of ${count} ${unit} is above the limit of ${limit}`)
    return false
  }

  #replaceDoubtful(): void {
    for (const taker of this.#remove(taker => taker.isDoubtful)) taker.replace()
  }

  #await(taker: Taker): void {
    if (this.#taker === undefined) {
      this.#taker = taker
      return
    }
    this.#madeBacklog().takers.push(taker)
  }

  /** Removes the caller that has waited longest, and returns it. */
  #shiftTaker(): Taker | undefined {
    const taker = this.#taker
    this.#taker = this.#backlog?.takers.shift()
    return taker
  }

  #remove(isMeant: (taker: Taker) => boolean): Taker[] {
    const takers = this.#taker === undefined ? [] : [this.#taker, ...(this.#backlog?.takers ?? [])]
    const removed = takers.filter(isMeant)
    if (removed.length === 0) return removed
    const [first, ...others] = takers.filter(taker => !isMeant(taker))
    this.#taker = first
    if (this.#backlog !== undefined) this.#backlog.takers = others
    return removed
  }

  // ---- how much may wait

  #hold(): Promise<void> | undefined {
    if (this.#hasRoom) return undefined
    if (this.#isUnread) {
      this.#unhear()
      return undefined
    }
    return new Promise(resolve => {
      this.#madeBacklog().goOn = resolve
    })
  }

  get #hasRoom(): boolean {
    if (this.#has(Note.TakesAll)) return true
    if (this.#arriving instanceof IncomingStream) return this.#arriving.isAwaited || this.#arriving.isOver || this.#cost < mostOctets
    if (this.#taker !== undefined) return true
    const isFull = this.#stance === 'unasked' && this.#memberships > 0 && (this.#backlog?.messages.length ?? 0) > mostOfMember
    return !isFull && this.#cost + this.#gatheredLength < mostOctets
  }

  /**
   * Tells whether the application waits for the end of the connection, or sends to it through a channel, and has never received from it.
   */
  get #isUnread(): boolean {
    return this.#stance === 'unasked' && (this.#memberships > 0 || this.#has(Note.EndAwaited))
  }

  /** Discards what waits where it has now become clear that the application never receives. */
  #listen(): void {
    if (this.#isUnread && !this.#hasRoom) this.#unhear()
  }

  #unhear(): void {
    this.#stance = 'unheard'
    this.#discard(new ApiMisuse('this message was discarded: nothing was ever received from this connection'))
  }

  #costChanged(by: number): void {
    this.#cost += by
    this.#relax()
  }

  #relax(): void {
    if (this.#backlog?.goOn !== undefined && this.#hasRoom) this.#release()
  }

  #release(): void {
    const goOn = this.#backlog?.goOn
    if (goOn === undefined) return
    this.#backlog!.goOn = undefined
    goOn()
  }

  // ---- discarding

  #discard(why: Error): void {
    if (this.#arriving instanceof IncomingStream) this.#arriving.discard(why)
    this.#forgetArriving()
    for (const { cost } of this.#backlog?.messages.takeAll() ?? []) this.#cost -= cost
    this.#release()
  }

  #forgetArriving(): void {
    this.#arriving = 'nothing'
    if (this.#begun !== undefined) this.#begun.gathered = undefined
  }

  get #gatheredLength(): number {
    return this.#begun?.gathered?.length ?? 0
  }

  #has(note: Note): boolean {
    return (this.#notes & note) !== 0
  }

  #madeBacklog(): Backlog {
    this.#backlog ??= { messages: new Queue(), takers: [], goOn: undefined }
    return this.#backlog
  }
}

/** Returns a whole message as a stream of one piece. */
function streamOf(message: Message, text: Text): IncomingStream {
  const stream = new IncomingStream(typeof message !== 'string', () => undefined)
  const octets = typeof message === 'string' ? encodedAlone(message, text) : message
  if (octets.length > 0) stream.push(octets)
  stream.complete()
  return stream
}

/**
 * Encodes a text into an `ArrayBuffer` of its own, which the application may transfer: runtimes may encode several texts into shared
 * memory.
 */
function encodedAlone(message: string, text: Text): ReceivedOctets {
  const octets = text.encode(message)
  return copyOf(octets, 0, octets.length)
}

/**
 * The application's use of messages: it has not received any yet (`unasked`), it receives (`asked`), it has called `ignoreMessages()`
 * (`ignored`), it has never received and too many have come (`unheard`), or this side has closed (`over`). In the first two states messages
 * are kept.
 */
type Stance = 'unasked' | 'asked' | 'ignored' | 'unheard' | 'over'

/** Facts about an inbox, each of which is a bit of a number. */
const Note = {
  /** The application waits for the end of the connection. */
  EndAwaited: 1,
  /** The latest caller asked for a stream. */
  TakesStreams: 2,
  /** Everything that comes is kept, however much it is. */
  TakesAll: 4,
} as const
type Note = (typeof Note)[keyof typeof Note]

/** The messages and callers that wait, beside the first caller. Most connections never have it: their application asks for one message after the other. */
interface Backlog {
  /** The messages that wait for a caller. */
  readonly messages: Queue<Waiting>
  /** The callers that wait behind the first one. */
  takers: Taker[]
  /** Resumes the reading; `undefined` where it was not stopped. */
  goOn: (() => void) | undefined
}

/** The part that has come of a message whose frames are told one after the other. */
interface Begun {
  readonly isBinary: boolean
  /** Octets of the frame that are still to come. */
  missing: number
  wireLength: number
  frameCount: number
  /** The message that is collected. Made for the first one that comes in pieces. */
  gathered: GatheredOctets | undefined
}

interface Waiting {
  readonly message: Message
  readonly cost: number
}

/** The number of octets that may wait before the peer is stopped. */
const mostOctets = 1024 * 1024

/** The number of messages from a channel's member that may wait while the application has never received any. */
const mostOfMember = 16
