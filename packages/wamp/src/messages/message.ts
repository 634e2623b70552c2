import type { MessageType } from './message-type.ts'
import type { Payload } from './payload.ts'

/** An id: an integer from 1 to 2^53. Request id 0 stands in UNSUBSCRIBED and UNREGISTERED of a revocation alone. */
export type Id = number
export type Uri = string
/** A dictionary of options or details. Keys that are unknown are kept and mean nothing. */
export type Dict = Readonly<Record<string, unknown>>

type Codes = typeof MessageType
type Features = Readonly<Record<string, unknown>>
type Roles<Role extends string> = { readonly [name in Role]?: { readonly features?: Features } }

export type ClientRole = 'publisher' | 'subscriber' | 'caller' | 'callee'
export type RouterRole = 'broker' | 'dealer'

/** Payload passthru mode: the payload is one binary value that only its receiver understands. */
export interface PassthruAttributes extends Dict {
  readonly ppt_scheme?: string
  readonly ppt_serializer?: string
  readonly ppt_cipher?: string
  readonly ppt_keyid?: string
}

/** Attributes of messages that have a payload: beside payload passthru mode, what peers of the Autobahn family have in its place, and links. */
export interface PayloadAttributes extends PassthruAttributes {
  readonly enc_algo?: string
  readonly enc_key?: string
  readonly enc_serializer?: string
  readonly forward_for?: readonly ForwardedFor[]
}

/** Attributes of answers of a callee, which tell who it is, in links between routers. */
export interface CalleeAttributes extends PayloadAttributes {
  readonly callee?: Id
  readonly callee_authid?: string
  readonly callee_authrole?: string
}

/** A router or client that a message was forwarded for, in links between routers; the first is the original one. */
export interface ForwardedFor extends Dict {
  readonly session: Id
  readonly authid: string | null
  readonly authrole: string
}

export interface HelloDetails extends Dict {
  readonly roles: Roles<ClientRole>
  readonly agent?: string
  readonly authmethods?: readonly string[]
  readonly authid?: string
  readonly authrole?: string
  readonly authextra?: Dict
  readonly resumable?: boolean
  readonly 'resume-session'?: Id
  readonly 'resume-token'?: string
}
export interface WelcomeDetails extends Dict {
  readonly roles: Roles<RouterRole>
  readonly agent?: string
  readonly realm?: Uri
  readonly authid?: string
  readonly authrole?: string
  readonly authmethod?: string
  readonly authprovider?: string
  readonly authextra?: Dict
  readonly resumed?: boolean
  readonly resumable?: boolean
  readonly 'resume-token'?: string
  readonly 'resume-ticket'?: string
  readonly resume_token?: string
}
export interface AbortDetails extends Dict {
  readonly message?: string
  /** The `server-error-value` of SCRAM (RFC 5802). */
  readonly scram?: string
}
export interface GoodbyeDetails extends Dict {
  readonly message?: string
  readonly resumable?: boolean
}
export type MatchPolicy = 'exact' | 'prefix' | 'wildcard'
export type InvokePolicy = 'single' | 'roundrobin' | 'random' | 'first' | 'last'
export type CancelMode = 'skip' | 'kill' | 'killnowait'

export interface PublishOptions extends PayloadAttributes {
  readonly acknowledge?: boolean
  readonly exclude_me?: boolean
  readonly exclude?: readonly Id[]
  readonly exclude_authid?: readonly string[]
  readonly exclude_authrole?: readonly string[]
  readonly eligible?: readonly Id[]
  readonly eligible_authid?: readonly string[]
  readonly eligible_authrole?: readonly string[]
  readonly disclose_me?: boolean
  readonly retain?: boolean
  readonly rkey?: string
  readonly transaction_hash?: string
}
export interface SubscribeOptions extends Dict {
  readonly match?: MatchPolicy
  readonly get_retained?: boolean
  readonly nkey?: string
  readonly forward_for?: readonly ForwardedFor[]
}
export interface EventDetails extends PayloadAttributes {
  readonly publisher?: Id
  readonly publisher_authid?: string
  readonly publisher_authrole?: string
  readonly topic?: Uri
  readonly trustlevel?: number
  readonly retained?: boolean
  readonly transaction_hash?: string
  readonly x_acknowledged_delivery?: boolean
}
export interface UnsubscribedDetails extends Dict {
  readonly subscription?: Id
  readonly reason?: string
}
export interface CallOptions extends PayloadAttributes {
  /** Milliseconds; 0 means without a limit. */
  readonly timeout?: number
  readonly receive_progress?: boolean
  readonly progress?: boolean
  readonly disclose_me?: boolean
  readonly rkey?: string
  readonly runmode?: 'partition'
  readonly transaction_hash?: string
  readonly caller?: Id
  readonly caller_authid?: string
  readonly caller_authrole?: string
}
export interface CancelOptions extends Dict {
  readonly mode?: CancelMode
  readonly forward_for?: readonly ForwardedFor[]
}
export interface ResultDetails extends CalleeAttributes {
  readonly progress?: boolean
}
/** Options of UNSUBSCRIBE and UNREGISTER, which only links between routers have. */
export interface LinkOptions extends Dict {
  readonly forward_for?: readonly ForwardedFor[]
}
export interface RegisterOptions extends Dict {
  readonly match?: MatchPolicy
  readonly invoke?: InvokePolicy
  readonly disclose_caller?: boolean
  readonly forward_timeout?: boolean
  readonly concurrency?: number
  readonly force_reregister?: boolean
  readonly forward_for?: readonly ForwardedFor[]
}
export interface UnregisteredDetails extends Dict {
  readonly registration?: Id
  readonly reason?: string
}
export interface InvocationDetails extends PayloadAttributes {
  readonly procedure?: Uri
  readonly caller?: Id
  readonly caller_authid?: string
  readonly caller_authrole?: string
  readonly receive_progress?: boolean
  readonly progress?: boolean
  readonly timeout?: number
  readonly trustlevel?: number
  readonly transaction_hash?: string
}
export interface InterruptOptions extends Dict {
  readonly mode?: 'kill' | 'killnowait'
  readonly reason?: Uri
  readonly forward_for?: readonly ForwardedFor[]
}
export interface YieldOptions extends CalleeAttributes {
  readonly progress?: boolean
}

export type Hello = readonly [type: Codes['HELLO'], realm: Uri, details: HelloDetails]
export type Welcome = readonly [type: Codes['WELCOME'], session: Id, details: WelcomeDetails]
export type Abort = readonly [type: Codes['ABORT'], details: AbortDetails, reason: Uri, payload?: Payload | undefined]
export type Challenge = readonly [type: Codes['CHALLENGE'], authmethod: string, extra: Dict]
export type Authenticate = readonly [type: Codes['AUTHENTICATE'], signature: string, extra: Dict]
export type Goodbye = readonly [type: Codes['GOODBYE'], details: GoodbyeDetails, reason: Uri]
export type ErrorMessage = readonly [
  type: Codes['ERROR'],
  requestType: number,
  request: Id,
  details: CalleeAttributes,
  error: Uri,
  payload?: Payload | undefined,
]
export type Publish = readonly [type: Codes['PUBLISH'], request: Id, options: PublishOptions, topic: Uri, payload?: Payload | undefined]
export type Published = readonly [type: Codes['PUBLISHED'], request: Id, publication: Id]
export type Subscribe = readonly [type: Codes['SUBSCRIBE'], request: Id, options: SubscribeOptions, topic: Uri]
export type Subscribed = readonly [type: Codes['SUBSCRIBED'], request: Id, subscription: Id]
export type Unsubscribe = readonly [type: Codes['UNSUBSCRIBE'], request: Id, subscription: Id, options?: LinkOptions | undefined]
export type Unsubscribed = readonly [type: Codes['UNSUBSCRIBED'], request: Id, details?: UnsubscribedDetails | undefined]
export type Event = readonly [type: Codes['EVENT'], subscription: Id, publication: Id, details: EventDetails, payload?: Payload | undefined]
export type Call = readonly [type: Codes['CALL'], request: Id, options: CallOptions, procedure: Uri, payload?: Payload | undefined]
export type Cancel = readonly [type: Codes['CANCEL'], request: Id, options: CancelOptions]
export type Result = readonly [type: Codes['RESULT'], request: Id, details: ResultDetails, payload?: Payload | undefined]
export type Register = readonly [type: Codes['REGISTER'], request: Id, options: RegisterOptions, procedure: Uri]
export type Registered = readonly [type: Codes['REGISTERED'], request: Id, registration: Id]
export type Unregister = readonly [type: Codes['UNREGISTER'], request: Id, registration: Id, options?: LinkOptions | undefined]
export type Unregistered = readonly [type: Codes['UNREGISTERED'], request: Id, details?: UnregisteredDetails | undefined]
export type Invocation = readonly [
  type: Codes['INVOCATION'],
  request: Id,
  registration: Id,
  details: InvocationDetails,
  payload?: Payload | undefined,
]
export type Interrupt = readonly [type: Codes['INTERRUPT'], request: Id, options: InterruptOptions]
export type Yield = readonly [type: Codes['YIELD'], request: Id, options: YieldOptions, payload?: Payload | undefined]

/** A message that a client sends. */
export type ClientMessage =
  | Hello
  | Abort
  | Authenticate
  | Goodbye
  | ErrorMessage
  | Publish
  | Subscribe
  | Unsubscribe
  | Call
  | Cancel
  | Register
  | Unregister
  | Yield

/** A message that a router sends. */
export type RouterMessage =
  | Welcome
  | Abort
  | Challenge
  | Goodbye
  | ErrorMessage
  | Published
  | Subscribed
  | Unsubscribed
  | Event
  | Result
  | Registered
  | Unregistered
  | Invocation
  | Interrupt

export type Message = ClientMessage | RouterMessage
