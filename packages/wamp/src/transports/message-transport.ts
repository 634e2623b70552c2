import type { Message } from '../messages/message.ts'
import type { ProtocolViolation } from '../messages/protocol-violation.ts'
import type { SerializerName } from '../serializers/serializer.ts'
import type { TransportCookie } from './cookie-issuer.ts'

/** A message in its form on the wire, to be sent on any number of transports of one format. */
export interface PreparedMessage {
  /** Octets on the wire. */
  readonly size: number
}

/**
 * The form of messages on the wire: a kind of transport and a serializer. Transports of one kind and serializer share one object, so a router
 * prepares an event once per format.
 */
export interface MessageFormat {
  readonly serializer: SerializerName
  /** Encodes a message. Throws `ApiMisuse` where its payload has a value that WAMP cannot express; the error names it. */
  prepare(message: Message): PreparedMessage
}

/** Facts about the other side of a transport. */
export interface TransportDetails {
  readonly kind: 'websocket' | 'rawsocket' | 'longpoll' | 'memory'
  /** The address of the peer, such as `127.0.0.1:51234`, or the path of a Unix socket; empty in memory. */
  readonly peer: string
  /** Whether the octets are encrypted by TLS. */
  readonly isSecure: boolean
  /** The fields of the HTTP request that opened the transport, names in lower case; none for RawSocket and memory. */
  readonly headers: Readonly<Record<string, string>>
  /** The fingerprint (SHA-256, hex in lower case) of the client's certificate, where TLS has verified one. */
  readonly certificate?: string | undefined
  /** The cookie of the request, on a router that knows clients again by cookies. */
  readonly cookie?: TransportCookie | undefined
  /** Returns 32 octets that are equal on both sides of the TLS connection and nowhere else (`tls-exporter`, RFC 9266), where there are. */
  channelId?(): Uint8Array | undefined
}

/** The end of a transport. */
export interface TransportEnd {
  /** Whether the transport was closed properly by one of both sides, and not lost. */
  readonly wasClean: boolean
  /** One sentence without a full stop, for logs and errors. */
  readonly reason: string
}

/**
 * The events of a transport, for its session. A listener that throws loses its transport: the error is reported to `onError` of the transport's
 * options, and `onClosed` follows.
 */
export interface TransportListener {
  /** A message has arrived. Its elements are checked; whether it may come in this state is the affair of the session. */
  onMessage(message: Message): void
  /** Octets that are not a message of WAMP have arrived. Nothing is read any more; the listener may still send, and has to close. */
  onViolation(violation: ProtocolViolation): void
  /** The transport takes messages again, after `isWritable` was false. */
  onWritable(): void
  /** The transport is gone; it is called once, and nothing after it. */
  onClosed(end: TransportEnd): void
}

/**
 * A connection that carries messages in both directions and keeps their order: the port of all sessions, of clients and of routers.
 *
 * No event is told within a call of one of its methods.
 */
export interface MessageTransport {
  readonly format: MessageFormat
  readonly details: TransportDetails
  /** The size of the largest message that the peer takes, in octets. */
  readonly maxSendSize: number
  /** Octets that were sent and have not left yet. */
  readonly bufferedAmount: number
  /** False above the high-water mark of the transport; then `onWritable` follows. */
  readonly isWritable: boolean
  /** Begins to read; messages that came before are handed on first, in a later turn. It is called once. */
  open(listener: TransportListener): void
  /**
   * Sends a message. Does nothing once the transport is closed. Throws `MessageTooLarge` above `maxSendSize`, and `ApiMisuse` where the
   * payload has a value that WAMP cannot express; nothing is sent then.
   */
  send(message: Message): void
  /** Sends a message that was prepared by the format of this transport. Throws `MessageTooLarge` as `send` does. */
  sendPrepared(message: PreparedMessage): void
  /**
   * Trusts the peer: from now on its payloads are checked when they are read, and not when they come. A transport without it goes on checking. For
   * routers, which hand most payloads on.
   */
  trustPayloads?(): void
  /**
   * Stops and resumes reading: the peer is held by the transport's own means. No message is handed on within `resume`.
   *
   * `readsAhead` false: the pause is short and ends by itself, and the peer sends too much. A transport that would read ahead does not then, so that nothing
   * is parsed that cannot be handed on. A later `pause` may change it. Default: true.
   */
  pause(readsAhead?: boolean): void
  resume(): void
  /**
   * Sends what waits, then closes; a peer that does not take it is dropped after the deadline of the transport. No message is handed on any
   * more. `onClosed` follows, in a later turn.
   */
  close(): void
  /** Drops the connection at once. No message is handed on any more; `onClosed` follows in a later turn, with `reason` in it. */
  abort(reason: string): void
}

/** The error of a message that is larger than its receiver takes. */
export class MessageTooLarge extends Error {
  override readonly name = 'MessageTooLarge'
  readonly code: 'ERR_WAMP_MESSAGE_TOO_LARGE' = 'ERR_WAMP_MESSAGE_TOO_LARGE'
  readonly size: number
  readonly maxSize: number

  constructor(size: number, maxSize: number) {
    super(`a message of ${size} octets is larger than the ${maxSize} that its receiver takes`)
    this.size = size
    this.maxSize = maxSize
  }
}
