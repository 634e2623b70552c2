import type { Case } from '../cases/case.ts'
import { anything, close, informationalClose } from '../cases/words.ts'
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
import { judge, judgeDeclined, judgeOpening, judgeWithoutConnection, type Verdicts } from './judge.ts'
import type { Opened } from './open-as-client.ts'
import type { Pace } from './pace.ts'
import { remarksOn } from './remarks.ts'
import { type Role, TesteeLink } from './testee-link.ts'

/** What a case is played on. */
export interface Play {
  readonly testCase: Case
  readonly agent: string
  /** What came of the opening handshake. */
  readonly opened: Opened
  readonly role: Role
  readonly pace: Pace
}

/** Plays a case and judges it. Whatever the testee does, this ends, and gives a record. */
export async function playCase(play: Play): Promise<CaseRecord> {
  const { testCase, opened, role, pace } = play
  const record = new Recording(play)
  if (opened.kind === 'refused') return record.without(refusal(play))
  if (opened.kind === 'declined') {
    await dismiss(play, record)
    return record.without(judgeDeclined('The testee declined permessage-deflate as the case asks for it.'))
  }
  const { compression } = opened
  try {
    const link = linkOf(opened, role, record.exchange, compression && { inflater: compression.inflater })
    if (testCase.opening?.accepted === 'refused') return record.without(await refusalOf(link, play), link)
    const measured = await new Conversation(testCase, link, pace, compression?.deflater).play()
    const figures = compression && { compression: compressionOf(link, compression, measured) }
    return record.of(judge(testCase, link.events, link), link, {
      ...roundTripFigures(measured.roundTrips, measured.sent.octets),
      ...figures,
    })
  } finally {
    compression?.deflater.close()
  }
}

/** Makes the record of one play. */
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

/** A refusal is a failure, but where the case is about being refused. */
function refusal({ testCase, opened }: Play): Verdicts {
  if (opened.kind !== 'refused') throw new TypeError('the opening handshake was not refused')
  const { reason, status } = opened
  if (testCase.opening === undefined) return judgeWithoutConnection(`The opening handshake failed: ${reason}.`)
  return judgeOpening(testCase.opening, { isOpened: false, ...(status !== undefined && { status }) })
}

/** Whether the testee refuses what it got: a client drops the connection without a frame, a server would have refused before. */
async function refusalOf(link: TesteeLink, { testCase, role, pace }: Play): Promise<Verdicts> {
  const hasDropped =
    role === 'server' && (await link.until(() => link.isOver, pace.failure)) && link.receivedClose === undefined && link.events.length === 0
  link.drop('the case is over')
  return judgeOpening(testCase.opening!, { isOpened: !hasDropped })
}

/** Closes a connection that is of no use, so that the testee goes on to the next. */
async function dismiss({ testCase, opened, role, pace }: Play, { exchange }: Recording): Promise<void> {
  if (opened.kind !== 'declined' || opened.socket === undefined || opened.rest === undefined) return
  const link = linkOf({ socket: opened.socket, rest: opened.rest }, role, exchange)
  await new Conversation({ ...testCase, steps: [close()], accepted: [anything], close: informationalClose }, link, pace).play()
}

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
