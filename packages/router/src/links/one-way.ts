import {
  type CallOptions,
  type CallResult,
  type Dict,
  ErrorUri,
  type EventDetails,
  type ForwardedFor,
  type Id,
  type Invocation,
  type InvocationDetails,
  result,
  SessionClosed,
  TooManyCalls,
  type UntypedClient,
  type Uri,
  WampError,
  type WampEvent,
} from '@autobahn-ts/wamp'
import { type MatchPolicy, matchesUri } from '@autobahn-ts/wamp/protocol'
import { isOfRouters, type LinkRule } from './link-rules.ts'
import { pathOf } from './path.ts'

/** The parts and settings that both directions of a link share. */
export interface WayWorld {
  readonly maxHops: number
  /** Whether a session is one of the link's, at either router. */
  isOwn(id: Id): boolean
}

/** Forwards events and calls from one router to another. */
export class OneWay {
  readonly #from: UntypedClient
  readonly #to: UntypedClient
  readonly #world: WayWorld
  #dropped = 0
  #forwarded = 0
  #called = 0
  #refused = 0

  constructor(from: UntypedClient, to: UntypedClient, world: WayWorld) {
    this.#from = from
    this.#to = to
    this.#world = world
  }

  /** Events that were forwarded. */
  get forwarded(): number {
    return this.#forwarded
  }

  /** Events that could not be forwarded, because the other router was away or took no more, or because they were sealed. */
  get dropped(): number {
    return this.#dropped
  }

  /** Calls that were forwarded, however they ended. */
  get called(): number {
    return this.#called
  }

  /** Calls that could not be forwarded, because the other router was away, took no more, or the link does not forward such calls. */
  get refused(): number {
    return this.#refused
  }

  /** Subscribes and registers what the rules name. Rejects with the answer of the router that refuses. */
  async open(events: readonly LinkRule[], calls: readonly LinkRule[]): Promise<void> {
    for (const rule of events) await this.#from.subscribe(rule.uri, event => this.#event(event, rule), { match: matchOf(rule) })
    for (const rule of calls)
      await this.#from.register(rule.uri, (invocation: Invocation) => this.#call(invocation, rule), { match: matchOf(rule) })
  }

  #event({ topic, args, kwargs, details }: WampEvent, rule: LinkRule): void {
    if (!mayCross(topic, rule)) return
    const forwardFor = this.#pathOf(publisherOf(details), details.forward_for)
    if (forwardFor === undefined) return
    if (!isSealed(details) && this.#to.isWritable && this.#to.publish(topic, args, kwargs, { forwardFor })) this.#forwarded++
    else this.#dropped++
  }

  async #call(invocation: Invocation, rule: LinkRule): Promise<unknown> {
    const { procedure, args, kwargs, details } = invocation
    const forwardFor = this.#pathOf(callerOf(details), details.forward_for)
    if (forwardFor === undefined || !mayCross(procedure, rule))
      throw this.#refusal(new WampError(ErrorUri.noSuchProcedure, [`${procedure} is not on this side of the link`]))
    if (isSealed(details)) throw this.#refusal(new WampError(ErrorUri.featureNotSupported, ['the link does not forward sealed calls']))
    if (!this.#to.isWritable) throw this.#refusal(unavailable(procedure))
    this.#called++
    const answer = await this.#answer(procedure, () => this.#to.callResult(procedure, args, kwargs, optionsOf(invocation, forwardFor)))
    return result(answer.args, answer.kwargs)
  }

  async #answer(procedure: Uri, call: () => Promise<CallResult>): Promise<CallResult> {
    try {
      return await call()
    } catch (error) {
      const wasSent = !(error instanceof TooManyCalls) && !(error instanceof SessionClosed && !error.mayHaveRun)
      if (!wasSent) {
        this.#called--
        throw this.#refusal(unavailable(procedure))
      }
      if (!(error instanceof SessionClosed)) throw error
      throw new WampError(ErrorUri.canceled, ['the link to the other router was lost during the call'])
    }
  }

  #refusal(error: WampError): WampError {
    this.#refused++
    return error
  }

  #pathOf(origin: ForwardedFor | undefined, path: readonly ForwardedFor[] | undefined): readonly ForwardedFor[] | undefined {
    const { session } = this.#from
    if (session === undefined) return undefined
    const from: ForwardedFor = { session: session.id, authid: session.authid ?? null, authrole: session.authrole ?? 'link' }
    return pathOf(origin, path, from, this.#world.maxHops, id => this.#world.isOwn(id))
  }
}

/** Tells whether a rule has a topic or procedure. A router names it in EVENT and INVOCATION, and may name any, but the rule is what its operator has allowed. */
function mayCross(uri: Uri, rule: LinkRule): boolean {
  return !isOfRouters(uri) && matchesUri(rule.uri, matchOf(rule), uri)
}

function matchOf({ match = 'exact' }: LinkRule): MatchPolicy {
  return match
}

function optionsOf(invocation: Invocation, forwardFor: readonly ForwardedFor[]): CallOptions {
  const { details, signal } = invocation
  return {
    forwardFor,
    signal,
    // the callee answers, so that a caller that asks for `kill` gets what it says
    cancelMode: 'kill',
    ...(invocation.wantsProgress && {
      onProgress: (_: unknown, part: CallResult) => invocation.progress(result(part.args, part.kwargs)),
    }),
    ...(details.progress === true && { chunks: invocation.chunks }),
  }
}

function unavailable(procedure: Uri): WampError {
  return new WampError(ErrorUri.unavailable, [`the router that has ${procedure} cannot be reached`])
}

function publisherOf({ publisher, publisher_authid, publisher_authrole }: EventDetails): ForwardedFor | undefined {
  return named(publisher, publisher_authid, publisher_authrole)
}

function callerOf({ caller, caller_authid, caller_authrole }: InvocationDetails): ForwardedFor | undefined {
  return named(caller, caller_authid, caller_authrole)
}

function named(session: Id | undefined, authid: string | undefined, authrole = 'anonymous'): ForwardedFor | undefined {
  return session === undefined ? undefined : { session, authid: authid ?? null, authrole }
}

/** Tells whether a payload is in payload passthru mode, or in that of Crossbar. */
function isSealed(details: Dict): boolean {
  return details.ppt_scheme !== undefined || details.enc_algo !== undefined
}
