import type { Clock } from '@autobahn-ts/websocket/portable'
import type { MessageTransport } from '../transports/message-transport.ts'

/** Makes transports that outlive their connections: the option `resumption` of a client. */
export interface Resuming {
  over(dial: (signal: AbortSignal) => Promise<MessageTransport>, world: ResumingWorld): ResumingTransports
}

/** Everything that transports which resume sessions need of a client. */
export interface ResumingWorld {
  readonly clock: Clock
  /** Numbers from 0 up to, and without, 1, for the jitter. */
  readonly random: () => number
  /** Calls a function of the application; what it throws is reported. */
  readonly call: (name: string, callback: () => unknown) => void
}

/** Opens the transports of one client. */
export interface ResumingTransports {
  dial(signal: AbortSignal): Promise<MessageTransport>
  /** Tries now where a lost connection waits for its next try. */
  retryNow(): void
}
