import { webText } from '../../src/bytes/text.ts'
import { calm } from '../../src/conversation/calm.ts'
import type { Message } from '../../src/conversation/connection.ts'
import { jsonText } from '../../src/conversation/json-text.ts'
import { MessageIterator } from '../../src/conversation/message-iterator.ts'
import { MessageQueue } from '../../src/conversation/message-queue.ts'
import { receiveFrom } from '../../src/conversation/pending-receive.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { closeReason, fittingReason } from '../../src/protocol/frames/close-frame.ts'
import type { CloseInfo } from '../../src/protocol/life/close-info.ts'
import { Settlement } from '../../src/protocol/life/settlement.ts'
import { OfflineQueue } from '../../src/reconnect/offline-queue.ts'
import { reconnectingDefaults } from '../../src/reconnect/reconnecting-defaults.ts'
import { type Conversing, type Line, type ReconnectingSetup, Reconnection } from '../../src/reconnect/reconnection.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

/** A connection in function style whose other end is in the hands of the test. Messages that are sent wait until the test takes them. */
export class ScriptConnection implements Conversing {
  readonly inbox = new MessageQueue()
  readonly sent: unknown[] = []
  readonly #unsettled = new Set<(error: Error) => void>()
  isWritable = true
  /** Whether `send` waits, as above the high-water mark. */
  holdsSends = false

  readonly #clock: FakeClock

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  send(message: unknown): Promise<void> {
    this.sent.push(message)
    return this.holdsSends ? calm(new Promise((_, reject) => this.#unsettled.add(reject))) : Promise.resolve()
  }

  receive(): Promise<Message> {
    return receiveFrom(this.inbox, this.#clock)
  }

  [Symbol.asyncIterator](): MessageIterator {
    return new MessageIterator(this.inbox)
  }

  say(...messages: readonly string[]): void {
    for (const message of messages) this.inbox.came(message, message.length)
  }

  end(error: ConnectionClosed, isClean: boolean): void {
    this.inbox.ended({ error, isClean })
    for (const reject of this.#unsettled) reject(error)
  }
}

/** A line over a scripted connection. */
export class ScriptLine implements Line<ScriptConnection> {
  readonly connection: ScriptConnection
  readonly closes: unknown[][] = []
  readonly #closed = new Settlement<CloseInfo>()
  isOpen = true

  constructor(clock: FakeClock) {
    this.connection = new ScriptConnection(clock)
  }

  get closed(): Promise<CloseInfo> {
    return this.#closed.promise
  }

  sendClose(code?: number, reason?: string): void {
    this.closes.push([code, reason])
    this.isOpen = false
  }

  giveUp(why: string): void {
    this.lose(1006, why)
  }

  /** Ends the connection: without a clean end by default. */
  lose(code = 1006, reason = 'lost', by: CloseInfo['by'] = code === 1006 ? 'network' : 'peer'): void {
    this.isOpen = false
    const info = { code, reason, wasClean: code !== 1006, by }
    this.connection.end(new ConnectionClosed(code, `connection closed with ${code}: ${reason}`), info.wasClean)
    this.#closed.resolve(info)
  }
}

type Writable<T> = { -readonly [name in keyof T]: T[name] }

/** A reconnecting connection over scripted ones, whose tries come after 1, 2 and 4 seconds. */
export function scripted(
  options: ReconnectingSetup<ScriptConnection>['options'] = {},
  changes: Partial<ReconnectingSetup<ScriptConnection>> = {},
) {
  const clock = new FakeClock()
  const lines: ScriptLine[] = []
  const script: { refusal: unknown } = { refusal: undefined }
  const setup: Writable<ReconnectingSetup<ScriptConnection>> = {
    dial: async () => {
      if (script.refusal !== undefined) throw script.refusal
      lines.push(new ScriptLine(clock))
      return lines.at(-1)!
    },
    options: { jitter: 0, maxRetries: 3, ...options },
    clock,
    checks: {
      jsonText,
      closing: (code, reason) => void closeReason(code, reason, webText),
      fittingReason: reason => webText.decode(fittingReason(reason, webText)),
    },
    unsent: new OfflineQueue(options.queue ?? reconnectingDefaults.queue, options.queueSize ?? reconnectingDefaults.queueSize),
    ...changes,
  }
  const ws = new Reconnection(setup)
  const refuse = (error: unknown): void => {
    script.refusal = error
  }
  /** Loses the latest connection, and lets the time of the first try pass. */
  const replace = async (...how: Parameters<ScriptLine['lose']>): Promise<void> => {
    lines.at(-1)!.lose(...how)
    await settled()
    clock.advance(1000)
    await settled()
    // a loss begins anew only after a while
    clock.advance(10_000)
  }
  return { ws, clock, lines, refuse, replace }
}

/** Lets promises settle. */
export async function settled(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
}
