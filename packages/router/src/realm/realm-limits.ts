import { defaultsOf, type OptionRule, type OptionTable, optionRule, seconds } from '@autobahn-ts/websocket/portable'
import type { BrokerLimits } from '../broker/broker.ts'
import type { DealerLimits } from '../dealer/dealer.ts'
import type { OutboxLimits } from '../outbox/outbox.ts'
import type { PatternLimits } from '../patterns/pattern-limits.ts'
import type { RequestRules } from './request-ids.ts'

/** The options of a realm that have a default: its limits and its rules. */
export interface RealmLimits extends BrokerLimits, DealerLimits, OutboxLimits, PatternLimits {
  readonly maxSessions: number
  readonly maxTestaments: number
  readonly maxTestamentSize: number
  readonly maxMessageRate: number
  readonly closeTimeout: number
  readonly uriRules: 'loose' | 'strict'
  readonly requestRules: RequestRules
  readonly allowDiscloseMe: boolean
}

/** The limits of a realm: their defaults, meanings, and the reasons for the defaults. */
export const realmLimits: OptionTable<RealmLimits> = {
  maxSessions: limit(
    100_000,
    'Sessions of the realm. Above it a client gets ABORT.',
    'More than one process serves well; it bounds memory.',
  ),
  maxSubscriptions: limit(10_000, 'Subscriptions of one session.', 'A page or service has hundreds; one session fills no table.'),
  maxRegistrations: limit(10_000, 'Registrations of one session.', 'A service has hundreds; one session fills no table.'),
  maxPatterns: limit(
    100,
    'Subscriptions of one session that are patterns, and likewise registrations.',
    'Every pattern may cost time at each message; programs have a few.',
  ),
  maxPendingCalls: limit(10_000, 'Calls of one session that are in progress.', 'Bounds what one caller makes the router remember.'),
  maxDeliveries: limit(
    50,
    'EVENTs that one session gets for one publication.',
    'A session with many patterns multiplies every event by them.',
  ),
  maxRetainedEvents: limit(10_000, 'Topics whose last event is kept. Above it the one that was kept first goes.', 'Bounds memory.'),
  maxRetainedSize: limit(
    67_108_864,
    'Octets of those events, as an estimate of their memory. Above it the one that was kept first goes.',
    'Bounds memory where events are large.',
  ),
  maxHistorySize: limit(
    16_777_216,
    'Octets of the events of one history, likewise. Above it the oldest goes.',
    'Bounds memory where events are large.',
  ),
  maxTestaments: limit(100, 'Testaments of one session.', 'All of them are published in one turn when it ends.'),
  maxTestamentSize: limit(
    1_048_576,
    'Octets of the testaments of one session, as an estimate of their memory.',
    'Sessions are many, and events that say goodbye are short.',
  ),
  maxUriLength: limit(512, 'Characters of a URI.', 'Names that people write are shorter than 100.'),
  maxComponents: limit(32, 'Components of a wildcard pattern.', 'Bounds the depth of a search.'),
  maxEmptyComponents: limit(4, 'Empty components of a wildcard pattern.', 'Each may double the ways that a search tries.'),
  maxMessageRate: limit(
    100_000,
    'Messages of one session in a second, in portions of a tenth of a second, or of up to a second where it goes on above them; 0 is without a limit. Above it the session is read more slowly.',
    'About what one process can route: a flood alone does not take all of its time.',
  ),
  outboxSize: limit(
    4_194_304,
    'Octets that wait for a session that does not read. Above it events are dropped.',
    'Some seconds of a slow line.',
  ),
  outboxMessages: limit(
    16_384,
    'Messages that wait for such a session. Above it events are dropped.',
    'Small messages cost more than their octets.',
  ),
  outboxReserve: limit(4_194_304, 'Octets beyond `outboxSize` for answers. Above it the session ends.', 'Answers must not be dropped.'),
  outboxReserveMessages: limit(
    16_384,
    'Messages beyond `outboxMessages` for answers. Above it the session ends.',
    'Room for all pending calls.',
  ),
  holdPublishers: bool(
    false,
    'Whether a session whose event fills the outboxes of all its receivers is not read until one of them has room, for a second at most.',
    'Its calls and answers wait too: receivers slow down others then, and not only themselves.',
  ),
  closeTimeout: {
    default: 5,
    means: 'Seconds that a session has to answer GOODBYE before its transport is closed.',
    because: 'An answer takes one round trip; a client that does not read gives none.',
    ...seconds,
  },
  uriRules: words('loose', ['loose', 'strict'], 'The characters that a URI may have.', 'What every router has to take.'),
  requestRules: words(
    'lax',
    ['lax', 'strict'],
    'Whether request ids have to count from 1, and features have to be announced before they are used.',
    'Clients in use send random ids.',
  ),
  allowDiscloseMe: bool(
    true,
    'Whether callers and publishers may ask that their receivers are told who they are.',
    'It is their own name.',
  ),
}

export const defaultRealmLimits: RealmLimits = defaultsOf(realmLimits)

function limit(value: number, means: string, because: string): OptionRule<number> {
  return optionRule(value, means, because, 'a whole number', given => Number.isSafeInteger(given) && (given as number) >= 0)
}

function bool(value: boolean, means: string, because: string): OptionRule<boolean> {
  return optionRule(value, means, because, 'true or false', given => typeof given === 'boolean')
}

function words<Word extends string>(value: Word, allowed: readonly Word[], means: string, because: string): OptionRule<Word> {
  const wanted = allowed.map(word => `'${word}'`).join(' or ')
  return optionRule(value, means, because, wanted, given => allowed.some(word => word === given))
}
