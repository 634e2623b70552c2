import type { Opening, OpeningEnd } from '../cases/case.ts'
import type { Behavior, Verdicts } from './judge.ts'

/** How an opening handshake of a case ended. */
export interface OpeningResult {
  /** `malformed`: with an answer that breaks a rule. `closed`: a client opened the connection and sent nothing but a close frame. */
  readonly end: OpeningEnd | 'malformed' | 'closed'
  readonly status?: number
  /** What is wrong with the answer. */
  readonly problem?: string
}

/** Both verdicts on an opening handshake that gave no connection: how it ends is all that there is to judge. */
export function judgeOpening(
  { accepted, statuses: [first, last] = [400, 599] }: Opening,
  { end, status = 0, problem }: OpeningResult,
): Verdicts {
  const verdicts = (behavior: Behavior, reason: string): Verdicts => ({
    behavior: { verdict: behavior, reason },
    close: { verdict: behavior === 'NON-STRICT' ? 'OK' : behavior, reason },
  })
  const what = `${sentences[end]}${end === 'refused' && status > 0 ? `, with status ${status}` : ''}`
  if (problem !== undefined || end === 'malformed') return verdicts('FAILED', `${what}: ${problem ?? 'the answer is no answer'}.`)
  if (end === 'closed') return verdicts(accepted.dropped === undefined ? 'FAILED' : 'NON-STRICT', `${what}.`)
  const behavior = accepted[end]
  if (behavior === undefined) return verdicts('FAILED', `${what}, which is not what is to come of it.`)
  if (end !== 'refused') return verdicts(behavior, `${what}.`)
  if (status < first || status > last) return verdicts('FAILED', `${what}, and not from ${first} to ${last}.`)
  // The request is at fault, not the server.
  return status === 500 ? verdicts('NON-STRICT', `${what}, as if it were its own fault.`) : verdicts(behavior, `${what}.`)
}

/** What a connection is worth whose opening is accepted with less than OK. */
export function atMost(verdicts: Verdicts, opened: Behavior | undefined): Verdicts {
  if (opened === undefined || opened === 'OK' || verdicts.behavior.verdict !== 'OK') return verdicts
  return { ...verdicts, behavior: { verdict: opened, reason: 'The testee opened the connection, where it had better not.' } }
}

const sentences = {
  opened: 'The testee opened the connection',
  refused: 'The testee refused the opening handshake',
  dropped: 'The testee ended TCP within the opening handshake',
  silent: 'The testee did nothing until the deadline',
  malformed: 'The testee answered',
  closed: 'The testee opened the connection and closed it at once',
} as const
