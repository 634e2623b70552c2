import type { Octets } from './octets.ts'

/**
 * The port to a reliable, ordered stream of octets: TCP, TLS, a Unix socket, a pair in memory.
 *
 * A stream starts to read when `start` is called and reports everything to that one reader.
 */
export interface ByteStream {
  /** Begins reading. Called once. */
  start(reader: ByteStreamReader): void
  /** Takes the octets by reference: they must stay untouched until they are drained. May throw: what was written then is lost, and the stream with it. */
  write(octets: Octets): void
  /** The same for several pieces, which leave in one system call where the runtime can do that. */
  writeAll(pieces: readonly Octets[]): void
  /** Octets taken and not yet handed to the system. */
  readonly bufferedAmount: number
  /** The same to the octet, where `bufferedAmount` falls only when a whole write is done. Absent: `bufferedAmount` is exact. */
  readonly unsentOctets?: number
  /** Whether the system keeps octets that it has taken until the peer reads them. Absent: what it has taken, the peer has. */
  readonly hasSystemBuffer?: boolean
  /** Whether writes mostly reach the system at once: octets are free again where `bufferedAmount` is 0 right after their write. */
  readonly writesAtOnce?: boolean
  /** Asks for one `drained` when everything written so far has been handed to the system. */
  notifyDrained(): void
  pause(): void
  resume(): void
  /** Ends our side after what was written; the other side may still send. */
  end(): void
  /**
   * Gives the stream up in both directions. What was written still goes out, however long the peer takes to read it;
   * `abort` discards it, also after a call without, and resets where the transport can.
   */
  destroy(abort: boolean): void
}

export interface ByteStreamReader {
  /** The octets are lent: the reader's to change until it returns. */
  dataReceived(octets: Octets): void
  drained(): void
  /** What was written can not be handed on any more, for no fault of the transport. A reader without this method sees the stream close. */
  writeFailed?(error: unknown): void
  /** The peer will send no more. */
  ended(): void
  /** Both directions are gone. Called once, last, also after `destroy`. */
  closed(error: Error | undefined): void
}
