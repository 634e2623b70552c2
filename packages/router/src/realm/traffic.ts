import { type MessageName, messageName } from '@autobahn-ts/wamp/protocol'

/** The numbers of messages that the sessions of a realm have sent and got, by kind. */
export type MessageCounts = Readonly<Partial<Record<MessageName, number>>>

/** Counts messages by their code. A message that arrives costs one array access, and nothing else. */
export class Traffic {
  /** Calls, results and answers that were not sent because they are larger than the receiver takes. */
  oversized = 0
  /** Sessions that were ended because they did not read their answers. */
  overflows = 0
  /** Times that a publisher was not read for a while, because all receivers of its event were full. */
  holds = 0
  readonly #received: number[] = new Array(codes).fill(0)
  readonly #sent: number[] = new Array(codes).fill(0)

  /** Counts a message of a client. */
  received(code: number): void {
    this.#received[code]!++
  }

  /** Counts a message to a client. */
  sent(code: number): void {
    this.#sent[code]!++
  }

  get receivedByName(): MessageCounts {
    return byName(this.#received)
  }

  get sentByName(): MessageCounts {
    return byName(this.#sent)
  }
}

/** One more than the highest code of a message. */
const codes = 71

function byName(counts: readonly number[]): MessageCounts {
  const entries = counts.flatMap((count, code) => {
    const name = messageName(code)
    return count === 0 || name === undefined ? [] : [[name, count]]
  })
  return Object.fromEntries(entries)
}
