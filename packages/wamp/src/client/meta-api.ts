import type { Id, InvokePolicy, MatchPolicy, Uri } from '../messages/message.ts'
import type { Kwargs } from '../messages/payload.ts'

/** A session, as `wamp.session.get` and `wamp.session.on_join` describe it. */
export interface SessionDetails {
  readonly session: Id
  readonly authid?: string
  readonly authrole?: string
  readonly authmethod?: string
  readonly authprovider?: string
  readonly [name: string]: unknown
}

/** A registration, as `wamp.registration.get` describes it. */
export interface RegistrationDetails {
  readonly id: Id
  /** The time of its creation, ISO 8601. */
  readonly created: string
  readonly uri: Uri
  readonly match: MatchPolicy
  readonly invoke: InvokePolicy
}

/** A subscription, as `wamp.subscription.get` describes it. */
export interface SubscriptionDetails {
  readonly id: Id
  /** The time of its creation, ISO 8601. */
  readonly created: string
  readonly uri: Uri
  readonly match: MatchPolicy
}

/** An event of the history, as `wamp.subscription.get_events` returns it. */
export interface PastEvent {
  readonly timestamp: string
  readonly subscription: Id
  readonly publication: Id
  readonly details: Readonly<Record<string, unknown>>
  readonly args?: readonly unknown[]
  readonly kwargs?: Kwargs
}

/** Selects the events of the history that `wamp.subscription.get_events` returns. Times are texts of RFC 3339; filters hold together. */
export interface HistoryFilter {
  readonly limit?: number
  readonly reverse?: boolean
  readonly topic?: Uri
  readonly from_time?: string
  readonly after_time?: string
  readonly before_time?: string
  readonly until_time?: string
  readonly from_publication?: Id
  readonly after_publication?: Id
  readonly before_publication?: Id
  readonly until_publication?: Id
}

interface Lists {
  readonly exact: readonly Id[]
  readonly prefix: readonly Id[]
  readonly wildcard: readonly Id[]
}

interface Kill<Args extends readonly unknown[], Result> {
  readonly args: Args
  readonly kwargs: { readonly reason?: Uri; readonly message?: string }
  readonly result: Result
}

type Scope = 'destroyed' | 'detached'
type Matching = { readonly match?: MatchPolicy }

/** The procedures of the router, where it announces the meta API: `session_meta_api`, `registration_meta_api`, and so on. */
export interface MetaProcedures {
  'wamp.session.count': (authroles?: readonly string[]) => number
  'wamp.session.list': (authroles?: readonly string[]) => readonly Id[]
  'wamp.session.get': (session: Id) => SessionDetails
  'wamp.session.kill': Kill<[session: Id], undefined>
  'wamp.session.kill_by_authid': Kill<[authid: string], readonly Id[]>
  'wamp.session.kill_by_authrole': Kill<[authrole: string], number>
  'wamp.session.kill_all': Kill<[], number>
  'wamp.session.add_testament': {
    readonly args: [topic: Uri, args: readonly unknown[], kwargs: Kwargs]
    readonly kwargs: { readonly publish_options?: Readonly<Record<string, unknown>>; readonly scope?: Scope }
    readonly result: undefined
  }
  'wamp.session.flush_testaments': { readonly args: []; readonly kwargs: { readonly scope?: Scope }; readonly result: undefined }
  'wamp.registration.list': () => Lists
  'wamp.registration.lookup': (procedure: Uri, options?: Matching) => Id | null
  'wamp.registration.match': (procedure: Uri) => Id | null
  'wamp.registration.get': (registration: Id) => RegistrationDetails
  'wamp.registration.list_callees': (registration: Id) => readonly Id[]
  'wamp.registration.count_callees': (registration: Id) => number
  'wamp.subscription.list': () => Lists
  'wamp.subscription.lookup': (topic: Uri, options?: Matching) => Id | null
  'wamp.subscription.match': (topic: Uri) => readonly Id[] | null
  'wamp.subscription.get': (subscription: Id) => SubscriptionDetails
  'wamp.subscription.list_subscribers': (subscription: Id) => readonly Id[]
  'wamp.subscription.count_subscribers': (subscription: Id) => number
  'wamp.subscription.get_events': {
    readonly args: [subscription: Id]
    readonly kwargs: HistoryFilter
    readonly result: readonly PastEvent[]
  }
}

/** The topics of the router. */
export interface MetaTopics {
  'wamp.session.on_join': [details: SessionDetails]
  'wamp.session.on_leave': [session: Id, authid?: string, authrole?: string]
  'wamp.registration.on_create': [session: Id, details: RegistrationDetails]
  'wamp.registration.on_register': [session: Id, registration: Id]
  'wamp.registration.on_unregister': [session: Id, registration: Id]
  'wamp.registration.on_delete': [session: Id, registration: Id]
  'wamp.subscription.on_create': [session: Id, details: SubscriptionDetails]
  'wamp.subscription.on_subscribe': [session: Id, subscription: Id]
  'wamp.subscription.on_unsubscribe': [session: Id, subscription: Id]
  'wamp.subscription.on_delete': [session: Id, subscription: Id]
}
