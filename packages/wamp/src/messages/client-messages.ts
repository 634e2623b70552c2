import type {
  CallOptions,
  CancelOptions,
  Dict,
  HelloDetails,
  LinkOptions,
  PublishOptions,
  RegisterOptions,
  SubscribeOptions,
  YieldOptions,
} from './message.ts'
import { AUTHENTICATE, CALL, CANCEL, HELLO, PUBLISH, REGISTER, SUBSCRIBE, UNREGISTER, UNSUBSCRIBE, YIELD } from './message-codes.ts'
import { dictionary, element, fromClient, type MessageRule, optional } from './message-rule.ts'
import { callee, caller, links, payloadKeys } from './option-kinds.ts'
import { count, dict, flag, id, ids, oneOf, positive, rolesOf, text, texts, uri } from './value-kinds.ts'

/** Returns the rules of the messages that clients send, and routers do not, in the notation of the specification. */
export function clientMessages(): readonly MessageRule[] {
  const request = element('Request', id)
  const match = oneOf('exact', 'prefix', 'wildcard')
  return [
    fromClient(HELLO, 'HELLO', [
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
    fromClient(AUTHENTICATE, 'AUTHENTICATE', [element('Signature', text), dictionary<Dict>('Extra', {})]),
    fromClient(
      PUBLISH,
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
    fromClient(SUBSCRIBE, 'SUBSCRIBE', [
      request,
      dictionary<SubscribeOptions>('Options', { match, get_retained: flag, nkey: text, ...links }),
      element('Topic', uri),
    ]),
    fromClient(UNSUBSCRIBE, 'UNSUBSCRIBE', [
      request,
      element('SUBSCRIBED.Subscription', id),
      optional(dictionary<LinkOptions>('Options', links)),
    ]),
    fromClient(
      CALL,
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
    fromClient(CANCEL, 'CANCEL', [
      element('CALL.Request', id),
      dictionary<CancelOptions>('Options', { mode: oneOf('skip', 'kill', 'killnowait'), ...links }),
    ]),
    fromClient(REGISTER, 'REGISTER', [
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
    fromClient(UNREGISTER, 'UNREGISTER', [
      request,
      element('REGISTERED.Registration', id),
      optional(dictionary<LinkOptions>('Options', links)),
    ]),
    fromClient(
      YIELD,
      'YIELD',
      [element('INVOCATION.Request', id), dictionary<YieldOptions>('Options', { progress: flag, ...callee, ...payloadKeys })],
      'payload',
    ),
  ]
}
