import { type OptionRule, type OptionTable, optionRule } from '@autobahn-ts/websocket/portable'

/** The bounds within which sessions of a realm are resumed. Octets are those of messages in their form on the wire. */
export interface ResumptionSettings {
  readonly seconds: number
  readonly octets: number
  readonly messages: number
  readonly sessions: number
  readonly totalOctets: number
}

/** The options of `resumption` of a realm: their defaults, meanings, and the reasons for the defaults. */
export const resumptionOptions: OptionTable<ResumptionSettings> = {
  seconds: wholeNumber(
    60,
    86_400,
    'Seconds for which a session whose transport is lost can go on over another one.',
    'A phone that changes networks is back within seconds; longer, and callers wait for callees that are gone.',
  ),
  octets: wholeNumber(
    262_144,
    Number.MAX_SAFE_INTEGER,
    'Octets of the last messages to one session that are kept, to be sent again. A client that misses more begins a new session.',
    'What sockets hold when a connection breaks, for messages of some hundred octets.',
  ),
  messages: wholeNumber(
    1000,
    Number.MAX_SAFE_INTEGER,
    'The number of the last messages to one session that are kept.',
    'Small messages cost more than their octets.',
  ),
  sessions: wholeNumber(
    1000,
    Number.MAX_SAFE_INTEGER,
    'Sessions without a transport. Above it a session ends when its transport is lost.',
    'Clients that join and drop must not fill the realm.',
  ),
  totalOctets: wholeNumber(
    67_108_864,
    Number.MAX_SAFE_INTEGER,
    'Octets that are kept for all sessions without a transport together. Above it the session ends that would take more.',
    'Bounds memory.',
  ),
}

function wholeNumber(value: number, most: number, means: string, because: string): OptionRule<number> {
  const wanted = most === Number.MAX_SAFE_INTEGER ? 'a whole number from 1 on' : `a whole number from 1 to ${most}`
  return optionRule(
    value,
    means,
    because,
    wanted,
    given => Number.isSafeInteger(given) && (given as number) >= 1 && (given as number) <= most,
  )
}
