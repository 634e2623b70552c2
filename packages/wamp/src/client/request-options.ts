import { abortSignal, optionCheck, someFunction, trueOrFalse } from '@autobahn-ts/websocket/portable'
import type { CancelMode, ForwardedFor, Id, InvokePolicy, MatchPolicy } from '../messages/message.ts'
import { links } from '../messages/option-kinds.ts'
import { ids, texts } from '../messages/value-kinds.ts'
import type { CallResult } from '../session/answer.ts'
import type { WireOption, WireOptions } from './wire-options.ts'

/** Options of a call that concern any request. Times are in milliseconds. */
export interface WaitingOptions {
  /** The scheme of the codec that seals the payload: see the option `passthru` of the client. */
  readonly passthru?: string
  /** Time to wait for a session where there is none; 0 rejects at once. Default: that of the client. */
  readonly waitForSession?: number
}

export interface CallOptions<Progress = unknown, Chunk = unknown> extends WaitingOptions {
  /** Time without an answer after which the call is cancelled and rejects; 0 waits. Each progressive result begins it anew. Default: 0. */
  readonly timeout?: number
  /** Cancels the call when it is aborted; the promise rejects with its reason. */
  readonly signal?: AbortSignal
  /**
   * The meaning of cancelling. With `kill` the promise settles with the answer of the callee; after a `timeout` it rejects where there is none within the same
   * time once more. Default: `killnowait`.
   */
  readonly cancelMode?: CancelMode
  /** Asks that the callee is told who calls. */
  readonly discloseMe?: boolean
  /** The sessions that the call is forwarded for, the original caller first: for links between routers. Routers believe only roles that are links. */
  readonly forwardFor?: readonly ForwardedFor[]
  /** Called with each progressive result. `stream` gives them as a loop. */
  readonly onProgress?: (value: Progress, result: CallResult) => void
  /** Sent one after the other, once the arguments were: a progressive invocation. The handler reads them from `chunks`. */
  readonly chunks?: AsyncIterable<Chunk> | Iterable<Chunk>
}

/** Options of `stream`. */
export interface StreamOptions<Chunk = unknown> extends Omit<CallOptions<unknown, Chunk>, 'onProgress'> {
  /** Progressive results that may wait for the loop; above it the call is cancelled with `StreamOverflow`. Default: that of the client. */
  readonly buffer?: number
}

export interface PublishOptions extends WaitingOptions {
  /** Whether the router confirms the event: then `publish` returns a promise of the id of the publication. */
  readonly acknowledge?: boolean
  /** Whether this client gets the event too, where it has subscribed to the topic: `false` includes it. Default: true, it does not. */
  readonly excludeMe?: boolean
  /** Sessions that do not get the event. */
  readonly exclude?: readonly Id[]
  readonly excludeAuthid?: readonly string[]
  readonly excludeAuthrole?: readonly string[]
  /** The only sessions that may get the event. */
  readonly eligible?: readonly Id[]
  readonly eligibleAuthid?: readonly string[]
  readonly eligibleAuthrole?: readonly string[]
  /** Asks that subscribers are told who publishes. */
  readonly discloseMe?: boolean
  /** The sessions that the event is forwarded for, the original publisher first: for links between routers. Routers believe only roles that are links. */
  readonly forwardFor?: readonly ForwardedFor[]
  /** Whether the router keeps the event for those who subscribe later with `getRetained`. */
  readonly retain?: boolean
}

export interface RegisterOptions {
  /** The URIs that it is for: this one, those that begin with it, or those that fit it with any text in its empty components. Default: `exact`. */
  readonly match?: MatchPolicy
  /** The choice between several callees of one procedure. Default: `single`, there is one. */
  readonly invoke?: InvokePolicy
  /** Asks that every caller is disclosed. */
  readonly discloseCaller?: boolean
  /** Leaves timeouts to this side: they abort the `signal` of the handler. */
  readonly forwardTimeout?: boolean
  /** Calls that this handler runs at once; further ones wait. Default: without a limit. */
  readonly concurrency?: number
  /** Takes the registration from a callee that has it. Routers may not allow it. */
  readonly forceReregister?: boolean
  /** Called when the router takes the registration back. It is not restored then. */
  readonly onRevoked?: (reason: string | undefined) => void
}

export interface SubscribeOptions {
  /** The topics: this one, those that begin with it, or those that fit it with any text in its empty components. Default: `exact`. */
  readonly match?: MatchPolicy
  /** Asks for the event that the router has kept; its `details.retained` is true. */
  readonly getRetained?: boolean
  /** Whether the handler gets an event only when its promise for the one before has settled. Default: false. */
  readonly sequential?: boolean
  /** Events that may wait for a sequential handler. Default: that of the client. */
  readonly buffer?: number
  /** The fate of an event above `buffer`: it is dropped and counted, or the subscription ends with `StreamOverflow`. Default: `drop`. */
  readonly overflow?: Overflow
  /** Called when the router ends the subscription. It is not restored then. */
  readonly onRevoked?: (reason: string | undefined) => void
}

/** Options of `events`. */
export interface EventsOptions extends Omit<SubscribeOptions, 'sequential' | 'onRevoked'> {
  /** Ends the loop when it is aborted, with its reason. */
  readonly signal?: AbortSignal
}

export type Overflow = 'drop' | 'close'

/** Whether a value is a time that timers take: they have 32 bits of milliseconds. */
export function isMilliseconds(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 2_000_000_000
}

const milliseconds: WireOption = optionCheck('a number of milliseconds from 0 to 2,000,000,000', isMilliseconds)
/** A number of things. */
export const items: WireOption = optionCheck('a whole number from 1 on', value => Number.isSafeInteger(value) && Number(value) >= 1)
/** The option `match` of whatever has a URI. */
export const match: { readonly match: WireOption } = sent(words('exact', 'prefix', 'wildcard'), 'match')
const scheme: WireOption = { ...optionCheck('the scheme of a codec', value => typeof value === 'string'), wire: 'ppt_scheme' }
const source: WireOption = optionCheck('a generator, a stream or a list', value => {
  return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value)
})
const forwarding = sent(links.forward_for, 'forwardFor')
const waiting = { passthru: scheme, waitForSession: milliseconds }

/** The options that calls and streams have both. */
const anyCall = {
  ...waiting,
  timeout: milliseconds,
  signal: abortSignal,
  cancelMode: words('skip', 'kill', 'killnowait'),
  ...sent(trueOrFalse, 'discloseMe'),
  ...forwarding,
  chunks: source,
}

export const callOptions: WireOptions<CallOptions> = { ...anyCall, onProgress: someFunction }
export const streamOptions: WireOptions<StreamOptions> = { ...anyCall, buffer: items }

export const publishOptions: WireOptions<PublishOptions> = {
  ...waiting,
  acknowledge: trueOrFalse,
  ...sent(trueOrFalse, 'excludeMe', 'discloseMe', 'retain'),
  ...sent(optionCheck('a list of ids of sessions', ids.holds), 'exclude', 'eligible'),
  ...forwarding,
  ...sent(texts, 'excludeAuthid', 'excludeAuthrole', 'eligibleAuthid', 'eligibleAuthrole'),
}

/** The options that `subscribe` and `events` have both. */
const anySubscription = { ...match, ...sent(trueOrFalse, 'getRetained'), buffer: items, overflow: words('drop', 'close') }

export const subscribeOptions: WireOptions<SubscribeOptions> = { ...anySubscription, sequential: trueOrFalse, onRevoked: someFunction }
export const eventsOptions: WireOptions<EventsOptions> = { ...anySubscription, signal: abortSignal }

/** Makes options that are sent to the router, all with one check. In messages they have their names with underscores: `exclude_me`. */
export function sent<Name extends string>(check: WireOption, ...names: readonly Name[]): { readonly [name in Name]: WireOption } {
  const entries = names.map(name => [name, { ...check, wire: name.replace(/[A-Z]/, letter => `_${letter.toLowerCase()}`) }])
  return Object.fromEntries(entries)
}

/** Makes the check of an option that is one of several words. */
export function words(...all: readonly string[]): WireOption {
  return optionCheck(all.map(word => `'${word}'`).join(' or '), value => all.some(word => word === value))
}
