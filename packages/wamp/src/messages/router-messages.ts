import type {
  AbortDetails,
  CalleeAttributes,
  Dict,
  EventDetails,
  GoodbyeDetails,
  InterruptOptions,
  InvocationDetails,
  ResultDetails,
  UnregisteredDetails,
  UnsubscribedDetails,
  WelcomeDetails,
} from './message.ts'
import {
  ABORT,
  CALL,
  CHALLENGE,
  ERROR,
  EVENT,
  GOODBYE,
  INTERRUPT,
  INVOCATION,
  PUBLISH,
  PUBLISHED,
  REGISTER,
  REGISTERED,
  RESULT,
  SUBSCRIBE,
  SUBSCRIBED,
  UNREGISTER,
  UNREGISTERED,
  UNSUBSCRIBE,
  UNSUBSCRIBED,
  WELCOME,
} from './message-codes.ts'
import { dictionary, element, fromBoth, fromRouter, type MessageRule, optional } from './message-rule.ts'
import { callee, caller, links, payloadKeys } from './option-kinds.ts'
import { count, dict, flag, id, idOrZero, oneOf, rolesOf, text, uri, type ValueKind } from './value-kinds.ts'

/** Returns the rules of the messages that routers send, in the notation of the specification. */
export function routerMessages(): readonly MessageRule[] {
  const request = element('Request', id)
  return [
    fromRouter(WELCOME, 'WELCOME', [
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
    fromBoth(ABORT, 'ABORT', [dictionary<AbortDetails>('Details', { message: text, scram: text }), element('Reason', uri)], 'payload'),
    fromRouter(CHALLENGE, 'CHALLENGE', [element('AuthMethod', text), dictionary<Dict>('Extra', {})]),
    fromBoth(GOODBYE, 'GOODBYE', [dictionary<GoodbyeDetails>('Details', { message: text, resumable: flag }), element('Reason', uri)]),
    fromBoth(
      ERROR,
      'ERROR',
      [
        element('REQUEST.Type', requestType),
        element('REQUEST.Request', id),
        dictionary<CalleeAttributes>('Details', { ...payloadKeys, ...callee }),
        element('Error', uri),
      ],
      'payload',
    ),
    fromRouter(PUBLISHED, 'PUBLISHED', [element('PUBLISH.Request', id), element('Publication', id)]),
    fromRouter(SUBSCRIBED, 'SUBSCRIBED', [element('SUBSCRIBE.Request', id), element('Subscription', id)]),
    fromRouter(UNSUBSCRIBED, 'UNSUBSCRIBED', [
      element('UNSUBSCRIBE.Request', idOrZero),
      optional(dictionary<UnsubscribedDetails>('Details', { subscription: id, reason: text })),
    ]),
    fromRouter(
      EVENT,
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
    fromRouter(
      RESULT,
      'RESULT',
      [element('CALL.Request', id), dictionary<ResultDetails>('Details', { progress: flag, ...callee, ...payloadKeys })],
      'payload',
    ),
    fromRouter(REGISTERED, 'REGISTERED', [element('REGISTER.Request', id), element('Registration', id)]),
    fromRouter(UNREGISTERED, 'UNREGISTERED', [
      element('UNREGISTER.Request', idOrZero),
      optional(dictionary<UnregisteredDetails>('Details', { registration: id, reason: text })),
    ]),
    fromRouter(
      INVOCATION,
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
    fromRouter(INTERRUPT, 'INTERRUPT', [
      element('INVOCATION.Request', id),
      dictionary<InterruptOptions>('Options', { mode: oneOf('kill', 'killnowait'), reason: uri, ...links }),
    ]),
  ]
}

const requestTypes: readonly unknown[] = [PUBLISH, SUBSCRIBE, UNSUBSCRIBE, CALL, REGISTER, UNREGISTER, INVOCATION]
const requestType: ValueKind = {
  wanted: `the code of a request: ${requestTypes.join(', ')}`,
  holds: value => requestTypes.includes(value),
}
