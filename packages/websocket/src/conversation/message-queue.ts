import type { Message, MessageStream } from './connection.ts'
import type { End, MessageSource, MessageTaker } from './taker.ts'

/**
 * The receiving half of a connection whose messages come whole: on a page, and over reconnections. The rules are those of `Inbox`, which
 * also collects messages from frames and gives them as streams; this is the part that pages load.
 */
export class MessageQueue implements MessageSource {
  #stance: Stance = 'unasked'
  /** The messages that wait, each with a link to the one after it. While callers wait there are none. */
  #first: Waiting | undefined
  #last: Waiting | undefined
  #takers: MessageTaker[] = []
  #size = 0
  /** Settles when there is room; `undefined` where nobody waits for it. */
  #roomed: (() => void) | undefined
  #isEndAwaited = false
  #takesAll = false
  #end: End | undefined

  // ---- for callers

  next(): Message | undefined {
    this.ask()
    const first = this.#first
    if (first === undefined) return undefined
    this.#first = first.next
    this.#size -= first.size
    if (this.hasRoom) this.#release()
    return first.message
  }

  take(taker: MessageTaker): void {
    const message = this.next()
    if (message !== undefined) return taker.give(message)
    if (this.#end !== undefined) return taker.end(this.#end)
    for (const doubtful of this.#remove(taker => taker.isDoubtful)) doubtful.replace()
    this.#takers.push(taker)
    this.#release()
  }

  giveUp(owner: object): void {
    for (const taker of this.#remove(taker => taker.owner === owner)) taker.stop()
  }

  /** Iterates over the messages as streams of one piece each. Few pages do, so what is needed for it is loaded for the first loop. */
  streams(): AsyncIterable<MessageStream> {
    this.ask()
    return {
      [Symbol.asyncIterator]: () => {
        const streams = import('./whole-streams.ts').then(({ WholeStreams }) => new WholeStreams(this))
        return { next: async () => (await streams).next(), return: async () => (await streams).return() }
      },
    }
  }

  /** Notes that the application receives: from now on nothing is discarded, unless it says so. */
  ask(): void {
    if (this.#stance !== 'over') this.#stance = 'asked'
  }

  /** Discards the messages that wait, and those that come until a caller asks again. A caller that already waits gets the next message. */
  ignore(): void {
    if (this.#stance !== 'over') this.#stance = this.#takers.length > 0 ? 'asked' : 'ignored'
    this.#discard()
  }

  /** Discards everything from now on, because this side closes. */
  stop(): void {
    this.#stance = 'over'
    this.#discard()
  }

  /** Notes that the application waits for the end. If it never receives, at most 1 MiB is kept for it. */
  endAwaited(): void {
    this.#isEndAwaited = true
    this.#bound()
  }

  /** Octets of the messages that wait, with a little for each of them. */
  get waitingSize(): number {
    return this.#size
  }

  // ---- for the connection

  /** Takes a message that came. `length`: its octets, about. */
  came(message: Message, length: number): void {
    if (this.#stance !== 'unasked' && this.#stance !== 'asked') return
    const taker = this.#takers.shift()
    if (taker !== undefined) return taker.give(message)
    const waiting: Waiting = { message, size: length + sizePerMessage, next: undefined }
    if (this.#first === undefined) this.#first = waiting
    else this.#last!.next = waiting
    this.#last = waiting
    this.#size += waiting.size
    this.#bound()
  }

  /** Whether less than 1 MiB waits, or a caller does. */
  get hasRoom(): boolean {
    return this.#takesAll || this.#takers.length > 0 || this.#size < mostOctets
  }

  /** Resolves when there is room; `undefined` where there is now. Waited for by one caller. */
  get room(): Promise<void> | undefined {
    if (this.hasRoom) return undefined
    return new Promise(resolve => {
      this.#roomed = resolve
    })
  }

  /** Keeps everything from now on, however much waits: what has come would be lost with the connection otherwise. */
  takeAll(): void {
    this.#takesAll = true
    this.#release()
  }

  /** Called when the connection is gone. Messages that wait can still be taken. */
  ended(end: End): void {
    this.#end = end
    for (const taker of this.#takers.splice(0)) taker.end(end)
    this.#release()
  }

  // ---- within

  /** Discards what waits where it has become clear that the application never receives. */
  #bound(): void {
    if (this.#stance !== 'unasked' || !this.#isEndAwaited || this.hasRoom) return
    this.#stance = 'ignored'
    this.#discard()
  }

  #discard(): void {
    this.#first = undefined
    this.#size = 0
    this.#release()
  }

  #remove(isMeant: (taker: MessageTaker) => boolean): MessageTaker[] {
    const removed = this.#takers.filter(isMeant)
    this.#takers = this.#takers.filter(taker => !isMeant(taker))
    return removed
  }

  #release(): void {
    this.#roomed?.()
    this.#roomed = undefined
  }
}

/**
 * The application's use of messages: it has not received any yet (`unasked`), it receives (`asked`), they are discarded until it receives
 * (`ignored`), or this side has closed (`over`). In the first two states messages are kept.
 */
type Stance = 'unasked' | 'asked' | 'ignored' | 'over'

interface Waiting {
  readonly message: Message
  readonly size: number
  next: Waiting | undefined
}

/** The memory of an array or a string beside its content, in octets, roughly. */
const sizePerMessage = 64

/** The number of octets from which on there is no room. */
const mostOctets = 1024 * 1024
