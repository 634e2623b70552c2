import type { Case, Opening } from '../cases/case.ts'
import { anything, cleanClose, close } from '../cases/words.ts'
import type { CloseWords } from '../wire/close-payload.ts'
import {
  type CaseRecord,
  type CompressionRecord,
  type EndingRecord,
  roundTripFigures,
  shownEvents,
  shownExchange,
  shownOutcomes,
} from './case-record.ts'
import type { AgreedCompression } from './compression.ts'
import { Conversation, type Measured } from './conversation.ts'
import { Exchange } from './exchange.ts'
import { judge, judgeDeclined, judgeWithoutConnection, type Verdicts } from './judge.ts'
import { atMost, judgeOpening, type OpeningResult } from './judge-opening.ts'
import type { Opened } from './open-as-client.ts'
import type { Pace } from './pace.ts'
import { remarksOn } from './remarks.ts'
import { type Role, TesteeLink } from './testee-link.ts'

/** The arguments of `playCase`. */
export interface Play {
  readonly testCase: Case
  readonly agent: string
  /** The result of the opening handshake. */
  readonly opened: Opened
  readonly role: Role
  readonly pace: Pace
}

/** Plays a case and judges it. It always ends and returns a record, whatever the testee does. */
export async function playCase(play: Play): Promise<CaseRecord> {
  const { testCase, opened, role, pace } = play
  const record = new Recording(play)
  if (opened.kind === 'refused') return record.without(refusal(play))
  if (opened.kind === 'declined') {
    const link = linkOf(opened, role, record.exchange)
    await new Conversation({ ...testCase, ...onlyClosing }, link, pace).play()
    return record.without(judgeDeclined('The testee declined permessage-deflate as the case asks for it.', link), link)
  }
  const { compression } = opened
  try {
    const link = linkOf(opened, role, record.exchange, compression && { inflater: compression.inflater })
    const { opening } = testCase
    if (role === 'client' && opening !== undefined && opening.accepted.opened === undefined) {
      link.drop('the testee opened the connection')
      return record.without(judgeOpening(opening, { end: 'opened' }), link)
    }
    const measured = await new Conversation(testCase, link, pace, compression?.deflater).play()
    const figures = compression && { compression: compressionOf(link, compression, measured) }
    const result = opening && role === 'server' ? resultOf(link, opening) : undefined
    const verdicts =
      opening !== undefined && result !== undefined
        ? judgeOpening(opening, result)
        : atMost(judge(testCase, link.events, link), opening?.accepted.opened)
    return record.of(nonStrictIf(compression?.inflater.looseEnd, verdicts), link, {
      ...roundTripFigures(measured.roundTrips, measured.sent.octets),
      ...figures,
    })
  } finally {
    compression?.deflater.close()
  }
}

/** Makes the record of one played case. */
class Recording {
  readonly exchange = new Exchange()
  readonly #play: Play
  readonly #started = new Date()

  constructor(play: Play) {
    this.#play = play
  }

  of(verdicts: Verdicts, link: TesteeLink | undefined, measured: CaseRecord['measured']): CaseRecord {
    const { testCase, agent, opened, role } = this.#play
    const { id, title, expectation, section } = testCase
    const remarks = remarksOn(verdicts, measured.compression)
    return {
      agent,
      id,
      title,
      expectation,
      section,
      ...verdicts,
      fuzzer: role,
      started: this.#started.toISOString(),
      duration: Math.round(this.exchange.now),
      opening: opened.record,
      accepted: shownOutcomes(testCase.accepted),
      received: shownEvents(link?.events ?? []),
      expectedClose: testCase.close,
      ending: link === undefined ? { wasClean: false } : endingOf(link),
      ...shownExchange(this.exchange),
      measured,
      ...(remarks.length > 0 && { remarks }),
    }
  }

  without(verdicts: Verdicts, link?: TesteeLink): CaseRecord {
    return this.of(verdicts, link, {})
  }
}

function linkOf(
  { socket, rest }: Pick<Extract<Opened, { kind: 'opened' }>, 'socket' | 'rest'>,
  role: Role,
  exchange: Exchange,
  parts: Partial<Pick<ConstructorParameters<typeof TesteeLink>[0], 'inflater'>> = {},
): TesteeLink {
  return new TesteeLink({ socket, rest, role, exchange, ...parts })
}

/**
 * Returns the verdicts for an opening handshake that failed. That is a failure, except in cases about the opening handshake of a server.
 */
function refusal({ testCase: { opening }, opened, role }: Play): Verdicts {
  if (opened.kind !== 'refused') throw new TypeError('the opening handshake was not refused')
  if (opening === undefined || role === 'server') return judgeWithoutConnection(`The opening handshake failed: ${opened.reason}.`)
  return judgeOpening(opening, opened.result)
}

/** Returns what a client did with the response; `undefined` if the steps were played on an open connection. */
function resultOf(link: TesteeLink, { accepted }: Opening): OpeningResult | undefined {
  const isByTestee = link.firstToClose === 'testee'
  if (link.exchange.traffic.testee.octets === 0) return { end: isByTestee ? 'dropped' : 'silent' }
  if (isByTestee && link.receivedClose !== undefined && link.events.length === 0) return { end: 'closed' }
  return accepted.opened === undefined ? { end: 'opened' } : undefined
}

/** Lowers OK to NON-STRICT for messages that end in a way that RFC 7692 does not allow but that all implementations accept. */
function nonStrictIf(looseEnd: string | undefined, verdicts: Verdicts): Verdicts {
  if (looseEnd === undefined || verdicts.behavior.verdict !== 'OK') return verdicts
  return { ...verdicts, behavior: { verdict: 'NON-STRICT', reason: `The testee sent ${looseEnd}.` } }
}

/** The steps for a connection on which the case cannot be played: it is closed cleanly, so that the testee goes on to the next case. */
const onlyClosing = { steps: [close()], accepted: [anything], close: cleanClose } as const

function compressionOf(link: TesteeLink, { inflater, testee, fuzzer }: AgreedCompression, { sent }: Measured): CompressionRecord {
  const { farthest, messagesWithContext } = inflater.use
  const mayShow = testee.keepsContext ? link.compression.compressedMessages > 1 : link.compression.compressedMessages > 0
  return {
    ...link.compression,
    ...testee,
    farthest,
    messagesWithContext,
    context: messagesWithContext > 0 ? 'kept' : mayShow ? 'dropped' : 'unknown',
    fuzzer: { messages: sent.messages, inflatedOctets: sent.octets, wireOctets: sent.wireOctets, ...fuzzer },
  }
}

function endingOf(link: TesteeLink): EndingRecord {
  const words: { sent?: CloseWords; received?: CloseWords } = {}
  if (link.sentClose !== undefined) words.sent = link.sentClose
  if (link.receivedClose !== undefined) words.received = link.receivedClose
  return {
    ...words,
    wasClean: link.wasClean,
    ...(link.firstToClose !== undefined && { closedFirst: link.firstToClose }),
    ...(link.droppedBy !== undefined && { droppedFirst: link.droppedBy }),
  }
}
