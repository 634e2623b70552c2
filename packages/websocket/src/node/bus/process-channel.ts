import { type ClusterMessage, packed } from './cluster-message.ts'

/** The part of a worker, or of the process itself within a worker, that sends messages to the other side. */
export interface Sender {
  isConnected(): boolean
  send(message: object, sent: (error: Error | null) => void): void
}

/** Sends messages to another process, and bounds those that it has not taken. */
export class ProcessChannel {
  /** Whether the channel carries octets as they are. */
  takesOctets = false
  readonly #sender: Sender
  readonly #most: number
  #waiting = 0

  /** `most` is the number of octets that may wait. */
  constructor(sender: Sender, most: number = mostWaiting) {
    this.#sender = sender
    this.#most = most
  }

  get isConnected(): boolean {
    return this.#sender.isConnected()
  }

  /**
   * Sends a message, and calls `settled` when the system has taken it, or with the error. Returns `false`, and does nothing, where too much
   * waits already; a message always goes out where nothing waits.
   */
  send(message: ClusterMessage, settled?: (error: Error | null) => void): boolean {
    if (this.#waiting > 0 && this.#waiting + sizeOf(message) > this.#most) return false
    this.sendAlways(message, settled)
    return true
  }

  /** Sends a message however much waits. For small ones. */
  sendAlways(message: ClusterMessage, settled: (error: Error | null) => void = ignore): void {
    const size = sizeOf(message)
    this.#waiting += size
    this.#sender.send(packed(message, this.takesOctets), error => {
      this.#waiting -= size
      settled(error)
    })
  }
}

/** The octets of a message, with those that are around it in memory. */
function sizeOf(message: ClusterMessage): number {
  return overhead + ('octets' in message ? message.octets.length + message.subject.length : 0)
}

function ignore(): void {}

const overhead = 256
const mostWaiting = 64 * 1024 * 1024
