import type { Message } from '../../src/messages/message.ts'
import type { ProtocolViolation } from '../../src/messages/protocol-violation.ts'
import type { MessageTransport, TransportEnd, TransportListener } from '../../src/transports/message-transport.ts'

/** Keeps everything that a transport tells, and lets a test wait for it. */
export class Recorder implements TransportListener {
  readonly messages: Message[] = []
  readonly violations: ProtocolViolation[] = []
  readonly ends: TransportEnd[] = []
  writables = 0
  /** Called with each message, before it is kept. */
  took: (message: Message) => void = () => {}
  /** Called with a violation, before it is kept. */
  failed: (violation: ProtocolViolation) => void = () => {}
  readonly #waiting = new Set<() => void>()

  static of(transport: MessageTransport): Recorder {
    const recorder = new Recorder()
    transport.open(recorder)
    return recorder
  }

  onMessage(message: Message): void {
    this.took(message)
    this.messages.push(message)
    this.#look()
  }

  onViolation(violation: ProtocolViolation): void {
    this.failed(violation)
    this.violations.push(violation)
    this.#look()
  }

  onWritable(): void {
    this.writables++
    this.#look()
  }

  onClosed(end: TransportEnd): void {
    this.ends.push(end)
    this.#look()
  }

  /** Resolves when so many messages have come. */
  async count(messages: number): Promise<readonly Message[]> {
    await this.#until(() => this.messages.length >= messages)
    return this.messages
  }

  /** Resolves when it was told so many times that there is room. */
  async writable(times: number): Promise<void> {
    await this.#until(() => this.writables >= times)
  }

  async violation(): Promise<ProtocolViolation> {
    await this.#until(() => this.violations.length > 0)
    return this.violations[0]!
  }

  async closed(): Promise<TransportEnd> {
    await this.#until(() => this.ends.length > 0)
    return this.ends[0]!
  }

  #until(holds: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = (): void => {
        if (!holds()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  #look(): void {
    for (const look of this.#waiting) look()
  }
}
