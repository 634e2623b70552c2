import type { Octets } from './octets.ts'

/**
 * The port to a reliable, ordered stream of octets: TCP, TLS, a Unix socket, a pair in memory.
 *
 * A stream begins to read when `start` is called, and reports everything to that one reader.
 */
export interface ByteStream {
  /** Begins reading. Called once. */
  start(reader: ByteStreamReader): void
  /**
   * Writes octets by reference: they must stay untouched until they are drained. May throw; the octets are lost then, and so is the stream.
   */
  write(octets: Octets): void
  /** Writes several pieces, in one system call where the runtime can do that. */
  writeAll(pieces: readonly Octets[]): void
  /** The number of octets that were written and not yet handed to the system. */
  readonly bufferedAmount: number
  /** The exact number of such octets, where `bufferedAmount` falls only when a whole write is done. Absent: `bufferedAmount` is exact. */
  readonly unsentOctets?: number
  /** Whether the system buffers octets until the peer reads them. Absent: octets that were handed to the system have reached the peer. */
  readonly hasSystemBuffer?: boolean
  /** Whether most writes reach the system at once: octets may be used again where `bufferedAmount` is 0 right after their write. */
  readonly writesAtOnce?: boolean
  /** Requests one call of `drained` when everything written so far has been handed to the system. */
  notifyDrained(): void
  pause(): void
  resume(): void
  /**
   * Reads a few KiB at a time from now on, until a read finds less: the reader leaves octets, and those that it has not got need no memory of this process.
   * Absent: the stream reads as much as it always does.
   */
  readLess?(): void
  /** Ends our side after everything that was written; the other side may still send. */
  end(): void
  /**
   * Ends the stream in both directions. What was written is still sent, however long the peer takes to read it; `abort` discards it, also
   * after a call without it, and resets the connection where the transport can.
   */
  destroy(abort: boolean): void
}

export interface ByteStreamReader {
  /** Called with octets. They are lent: the reader may change them until it returns. */
  dataReceived(octets: Octets): void
  drained(): void
  /**
   * Called when written octets cannot be handed on, through no fault of the transport. For a reader without this method the stream closes.
   */
  writeFailed?(error: unknown): void
  /** Called when the peer has ended its side. */
  ended(): void
  /** Called once, as the last call, when both directions are closed, also after `destroy`. */
  closed(error: Error | undefined): void
}
