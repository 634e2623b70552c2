import type { Opening, OpeningEnd } from '../cases/case.ts'
import type { Behavior, Verdicts } from './judge.ts'

/** The end of an opening handshake that a case has played. */
export interface OpeningResult {
  /** `malformed`: the server's answer breaks a rule. `closed`: a client opened the connection and sent only a close frame. */
  readonly end: OpeningEnd | 'malformed' | 'closed'
  readonly status?: number
  /** A description of the fault in the answer. */
  readonly problem?: string
}

/** Judges an opening handshake that did not open a connection. The verdicts depend on how it ended. */
export function judgeOpening(
  { accepted, statuses: [first, last] = [400, 599] }: Opening,
  { end, status = 0, problem }: OpeningResult,
): Verdicts {
  const verdicts = (behavior: Behavior, reason: string): Verdicts => ({
    behavior: { verdict: behavior, reason },
    close: { verdict: behavior === 'NON-STRICT' ? 'OK' : behavior, reason },
  })
  const what = `${sentences[end]}${end === 'refused' && status > 0 ? `, with status ${status}` : ''}`
  if (problem !== undefined || end === 'malformed') return verdicts('FAILED', `${what}: ${problem ?? 'the answer is not valid'}.`)
  if (end === 'closed') return verdicts(accepted.dropped === undefined ? 'FAILED' : 'NON-STRICT', `${what}.`)
  const behavior = accepted[end]
  if (behavior === undefined) return verdicts('FAILED', `${what}, which the case does not accept.`)
  if (end !== 'refused') return verdicts(behavior, `${what}.`)
  if (status < first || status > last) return verdicts('FAILED', `${what}, but the case accepts ${first} to ${last} only.`)
  // The client's request is at fault here, not the server, so a status of the server (5xx) is wrong.
  return status === 500
    ? verdicts('NON-STRICT', `${what}, which blames the server for a fault of the client.`)
    : verdicts(behavior, `${what}.`)
}

/** Lowers the verdict on a played connection where opening it is accepted with less than OK. */
export function atMost(verdicts: Verdicts, opened: Behavior | undefined): Verdicts {
  if (opened === undefined || opened === 'OK' || verdicts.behavior.verdict !== 'OK') return verdicts
  return { ...verdicts, behavior: { verdict: opened, reason: 'The testee opened the connection, which it should not have done.' } }
}

const sentences = {
  opened: 'The testee opened the connection',
  refused: 'The testee refused the opening handshake',
  dropped: 'The testee ended TCP within the opening handshake',
  silent: 'The testee did nothing until the deadline',
  malformed: 'The testee answered',
  closed: 'The testee opened the connection and closed it at once',
} as const
