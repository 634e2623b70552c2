import type {
  AbortDetails,
  CalleeAttributes,
  CallOptions,
  CancelOptions,
  Dict,
  EventDetails,
  GoodbyeDetails,
  HelloDetails,
  InterruptOptions,
  InvocationDetails,
  LinkOptions,
  PassthruAttributes,
  PayloadAttributes,
  PublishOptions,
  RegisterOptions,
  ResultDetails,
  SubscribeOptions,
  UnregisteredDetails,
  UnsubscribedDetails,
  WelcomeDetails,
  YieldOptions,
} from './message.ts'
import { type MessageCode, type MessageName, MessageType } from './message-type.ts'
import {
  count,
  dict,
  flag,
  id,
  idOrZero,
  ids,
  oneOf,
  positive,
  rolesOf,
  text,
  textOrNull,
  texts,
  uri,
  type ValueKind,
} from './value-kinds.ts'

/** The rules of one element of a message. */
export interface ElementRule {
  /** The name that the specification gives it, such as `Options`. */
  readonly name: string
  readonly kind: ValueKind
  /** The keys of a dictionary that WAMP knows; others are kept and mean nothing. */
  readonly keys: Keys
  /** The keys that have to be there. */
  readonly required: readonly string[]
  readonly isOptional: boolean
}

/** The rules of one message: the elements after its code, and whether a payload may follow them. */
export interface MessageRule {
  readonly code: MessageCode
  readonly name: MessageName
  readonly isFromClient: boolean
  readonly isFromRouter: boolean
  readonly elements: readonly ElementRule[]
  /** The number of the elements that have to be there. */
  readonly requiredLength: number
  readonly hasPayload: boolean
}

type Keys = Readonly<Record<string, ValueKind>>
/** The keys of a type of options, each with its kind: the compiler finds one that is missing here, or there. */
type KeysOf<Options> = { readonly [key in keyof Options as string extends key ? never : key]-?: ValueKind }

/** Returns the rules of a message by its code; `undefined` for what is not a code of WAMP. */
export function messageRule(code: unknown): MessageRule | undefined {
  return typeof code === 'number' ? rules[code] : undefined
}

/** Keys have no prototype, so that a key such as `constructor` is not found. */
const noKeys: Keys = Object.create(null)

const match = oneOf('exact', 'prefix', 'wildcard')

/** Payload passthru mode. The scheme is `wamp`, `mqtt`, or one of an application, which begins with `x_`. */
const passthru: KeysOf<PassthruAttributes> = {
  ppt_scheme: {
    wanted: '"wamp", "mqtt", or a string that begins with "x_"',
    holds: value => typeof value === 'string' && (value === 'wamp' || value === 'mqtt' || value.startsWith('x_')),
  },
  ppt_serializer: text,
  ppt_cipher: text,
  ppt_keyid: text,
}

/** Payload transparency, which peers of the Autobahn family have in place of payload passthru mode. */
const transparency: KeysOf<Pick<PayloadAttributes, 'enc_algo' | 'enc_key' | 'enc_serializer'>> = {
  enc_algo: text,
  enc_key: text,
  enc_serializer: text,
}

const links: KeysOf<LinkOptions> = {
  forward_for: {
    wanted: 'a list of dictionaries with the id session, the string or null authid, and the string authrole',
    holds: value => Array.isArray(value) && value.every(isForwarded),
  },
}

function isForwarded(value: unknown): boolean {
  if (!dict.holds(value)) return false
  const { session, authid, authrole } = value as Dict
  return id.holds(session) && textOrNull.holds(authid) && text.holds(authrole)
}

const payloadKeys: KeysOf<PayloadAttributes> = { ...passthru, ...transparency, ...links }
const caller: KeysOf<Pick<CallOptions, 'caller' | 'caller_authid' | 'caller_authrole'>> = {
  caller: id,
  caller_authid: text,
  caller_authrole: text,
}
const callee: KeysOf<Pick<CalleeAttributes, 'callee' | 'callee_authid' | 'callee_authrole'>> = {
  callee: id,
  callee_authid: text,
  callee_authrole: text,
}

const requestTypes: readonly unknown[] = [
  MessageType.PUBLISH,
  MessageType.SUBSCRIBE,
  MessageType.UNSUBSCRIBE,
  MessageType.CALL,
  MessageType.REGISTER,
  MessageType.UNREGISTER,
  MessageType.INVOCATION,
]
const requestType: ValueKind = {
  wanted: `the code of a request: ${requestTypes.slice(0, -1).join(', ')} or ${requestTypes.at(-1)}`,
  holds: value => requestTypes.includes(value),
}

const request = element('Request', id)

/** The messages, in the notation of the specification. */
const table: readonly MessageRule[] = [
  fromClient('HELLO', [
    element('Realm', uri),
    dictionary<HelloDetails>(
      'Details',
      {
        roles: rolesOf('publisher', 'subscriber', 'caller', 'callee'),
        agent: text,
        authmethods: texts,
        authid: text,
        authrole: text,
        authextra: dict,
        resumable: flag,
        'resume-session': id,
        'resume-token': text,
      },
      ['roles'],
    ),
  ]),
  fromRouter('WELCOME', [
    element('Session', id),
    dictionary<WelcomeDetails>(
      'Details',
      {
        roles: rolesOf('broker', 'dealer'),
        agent: text,
        realm: uri,
        authid: text,
        authrole: text,
        authmethod: text,
        authprovider: text,
        authextra: dict,
        resumed: flag,
        resumable: flag,
        'resume-token': text,
        'resume-ticket': text,
        resume_token: text,
      },
      ['roles'],
    ),
  ]),
  fromBoth('ABORT', [dictionary<AbortDetails>('Details', { message: text, scram: text }), element('Reason', uri)], 'payload'),
  fromRouter('CHALLENGE', [element('AuthMethod', text), dictionary<Dict>('Extra', {})]),
  fromClient('AUTHENTICATE', [element('Signature', text), dictionary<Dict>('Extra', {})]),
  fromBoth('GOODBYE', [dictionary<GoodbyeDetails>('Details', { message: text, resumable: flag }), element('Reason', uri)]),
  fromBoth(
    'ERROR',
    [
      element('REQUEST.Type', requestType),
      element('REQUEST.Request', id),
      dictionary<CalleeAttributes>('Details', { ...payloadKeys, ...callee }),
      element('Error', uri),
    ],
    'payload',
  ),
  fromClient(
    'PUBLISH',
    [
      request,
      dictionary<PublishOptions>('Options', {
        acknowledge: flag,
        exclude_me: flag,
        exclude: ids,
        exclude_authid: texts,
        exclude_authrole: texts,
        eligible: ids,
        eligible_authid: texts,
        eligible_authrole: texts,
        disclose_me: flag,
        retain: flag,
        rkey: text,
        transaction_hash: text,
        ...payloadKeys,
      }),
      element('Topic', uri),
    ],
    'payload',
  ),
  fromRouter('PUBLISHED', [element('PUBLISH.Request', id), element('Publication', id)]),
  fromClient('SUBSCRIBE', [
    request,
    dictionary<SubscribeOptions>('Options', { match, get_retained: flag, nkey: text, ...links }),
    element('Topic', uri),
  ]),
  fromRouter('SUBSCRIBED', [element('SUBSCRIBE.Request', id), element('Subscription', id)]),
  fromClient('UNSUBSCRIBE', [request, element('SUBSCRIBED.Subscription', id), optional(dictionary<LinkOptions>('Options', links))]),
  fromRouter('UNSUBSCRIBED', [
    element('UNSUBSCRIBE.Request', idOrZero),
    optional(dictionary<UnsubscribedDetails>('Details', { subscription: id, reason: text })),
  ]),
  fromRouter(
    'EVENT',
    [
      element('Subscription', id),
      element('Publication', id),
      dictionary<EventDetails>('Details', {
        publisher: id,
        publisher_authid: text,
        publisher_authrole: text,
        topic: uri,
        trustlevel: count,
        retained: flag,
        transaction_hash: text,
        x_acknowledged_delivery: flag,
        ...payloadKeys,
      }),
    ],
    'payload',
  ),
  fromClient(
    'CALL',
    [
      request,
      dictionary<CallOptions>('Options', {
        timeout: count,
        receive_progress: flag,
        progress: flag,
        disclose_me: flag,
        rkey: text,
        runmode: oneOf('partition'),
        transaction_hash: text,
        ...caller,
        ...payloadKeys,
      }),
      element('Procedure', uri),
    ],
    'payload',
  ),
  fromClient('CANCEL', [
    element('CALL.Request', id),
    dictionary<CancelOptions>('Options', { mode: oneOf('skip', 'kill', 'killnowait'), ...links }),
  ]),
  fromRouter(
    'RESULT',
    [element('CALL.Request', id), dictionary<ResultDetails>('Details', { progress: flag, ...callee, ...payloadKeys })],
    'payload',
  ),
  fromClient('REGISTER', [
    request,
    dictionary<RegisterOptions>('Options', {
      match,
      invoke: oneOf('single', 'roundrobin', 'random', 'first', 'last'),
      disclose_caller: flag,
      forward_timeout: flag,
      concurrency: positive,
      force_reregister: flag,
      ...links,
    }),
    element('Procedure', uri),
  ]),
  fromRouter('REGISTERED', [element('REGISTER.Request', id), element('Registration', id)]),
  fromClient('UNREGISTER', [request, element('REGISTERED.Registration', id), optional(dictionary<LinkOptions>('Options', links))]),
  fromRouter('UNREGISTERED', [
    element('UNREGISTER.Request', idOrZero),
    optional(dictionary<UnregisteredDetails>('Details', { registration: id, reason: text })),
  ]),
  fromRouter(
    'INVOCATION',
    [
      request,
      element('REGISTERED.Registration', id),
      dictionary<InvocationDetails>('Details', {
        procedure: uri,
        receive_progress: flag,
        progress: flag,
        timeout: count,
        trustlevel: count,
        transaction_hash: text,
        ...caller,
        ...payloadKeys,
      }),
    ],
    'payload',
  ),
  fromRouter('INTERRUPT', [
    element('INVOCATION.Request', id),
    dictionary<InterruptOptions>('Options', { mode: oneOf('kill', 'killnowait'), reason: uri, ...links }),
  ]),
  fromClient(
    'YIELD',
    [element('INVOCATION.Request', id), dictionary<YieldOptions>('Options', { progress: flag, ...callee, ...payloadKeys })],
    'payload',
  ),
]

/** The messages by code. */
const rules: readonly (MessageRule | undefined)[] = byCode(table)

function byCode(all: readonly MessageRule[]): readonly (MessageRule | undefined)[] {
  const places: (MessageRule | undefined)[] = new Array(Math.max(...all.map(({ code }) => code)) + 1).fill(undefined)
  for (const rule of all) places[rule.code] = rule
  return places
}

function fromClient(name: MessageName, elements: readonly ElementRule[], payload?: 'payload'): MessageRule {
  return rule(name, true, false, elements, payload)
}

function fromRouter(name: MessageName, elements: readonly ElementRule[], payload?: 'payload'): MessageRule {
  return rule(name, false, true, elements, payload)
}

function fromBoth(name: MessageName, elements: readonly ElementRule[], payload?: 'payload'): MessageRule {
  return rule(name, true, true, elements, payload)
}

function rule(
  name: MessageName,
  isFromClient: boolean,
  isFromRouter: boolean,
  elements: readonly ElementRule[],
  payload: 'payload' | undefined,
): MessageRule {
  return {
    code: MessageType[name],
    name,
    isFromClient,
    isFromRouter,
    elements,
    requiredLength: elements.filter(each => !each.isOptional).length,
    hasPayload: payload !== undefined,
  }
}

function element(name: string, kind: ValueKind): ElementRule {
  return { name, kind, keys: noKeys, required: [], isOptional: false }
}

function dictionary<Options>(name: string, keys: KeysOf<Options>, required: readonly (keyof KeysOf<Options> & string)[] = []): ElementRule {
  return { name, kind: dict, keys: Object.assign(Object.create(null), keys), required, isOptional: false }
}

function optional(rule: ElementRule): ElementRule {
  return { ...rule, isOptional: true }
}
