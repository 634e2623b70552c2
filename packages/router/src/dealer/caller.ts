import type { CallOptions, CancelMode, Id, Payload, Uri } from '@autobahn-ts/wamp/protocol'
import type { Clock } from '@autobahn-ts/websocket/portable'
import type { Party } from '../parties/party.ts'

/** A call that is in progress, as its caller's messages reach it. */
export interface CallInProgress {
  /** Whether a CALL with the same request continues this one. */
  readonly isOpen: boolean
  /** Whether it goes on until its caller or something else ends it, so that nobody has to wait for its end. */
  readonly isEndless: boolean
  readonly procedure: Uri
  /** Whether it has more than one answer or more than one part, so that it goes on by the permission to call. */
  readonly goesOn: boolean
  /** Takes a further part. */
  proceed(options: CallOptions, payload: Payload | undefined): void
  cancel(mode?: CancelMode): void
  /** Ends it, because its caller may not call the procedure any more. */
  denied(): void
  /** The session of its caller is over. */
  callerLeft(): void
}

/** The calls of one session: those in progress, and those that ended before their caller had sent all parts. */
export class Caller {
  readonly party: Party
  readonly calls: Map<Id, CallInProgress> = new Map()
  /** The times at which calls ended whose further parts are thrown away, by request, the oldest first. */
  #unfinished: Map<Id, number> | undefined

  constructor(party: Party) {
    this.party = party
  }

  /** Remembers a call that ended before its caller had sent all parts. `now` is in milliseconds. */
  rememberUnfinished(request: Id, now: number): void {
    this.#unfinished ??= new Map()
    const unfinished = this.#unfinished
    for (const [oldest, time] of unfinished) {
      if (now - time < memory && unfinished.size < mostRemembered) break
      unfinished.delete(oldest)
    }
    unfinished.set(request, now)
  }

  /** Whether a CALL is a further part of a call that has ended. The last part ends the memory of it too. */
  isLatePart(request: Id, isLast: boolean, clock: Clock): boolean {
    const time = this.#unfinished?.get(request)
    if (time === undefined) return false
    if (isLast) this.#unfinished!.delete(request)
    return clock.now() - time < memory
  }

  /** Ends its calls: the session is over. */
  leave(): void {
    for (const call of [...this.calls.values()]) call.callerLeft()
  }
}

/** The milliseconds for which a call that has ended is remembered. */
const memory = 60_000
/** The most such calls of one session. */
const mostRemembered = 1000
