import type { Awaitable } from '../../bytes/awaitable.ts'
import type { Emit, Octets } from '../../bytes/octets.ts'
import type { FrameHeader } from '../frames/frame-header.ts'
import type { SendOptions } from '../frames/send-options.ts'
import type { PreparedFrame } from './prepared-frame.ts'

/** The parameters of an extension in the header, in order; a parameter without a value is `true`. */
export type ExtensionParameters = ReadonlyMap<string, string | true>

/**
 * An extension of the protocol, RFC 6455 §9: negotiated in the handshake, then one instance per connection.
 *
 * One object serves both roles: clients call `offer` and `confirm`, servers call `accept`.
 */
export interface Extension {
  /** The registered token, for example `permessage-deflate`. */
  readonly name: string
  /** Client: returns the offers, best first. If there are none, the extension is not offered. */
  offer?(): readonly ExtensionParameters[]
  /** Server: accepts the first offer that it can, or declines with `undefined`. The offers come from the peer, in its order. */
  accept?(
    offers: readonly ExtensionParameters[],
  ): { readonly parameters: ExtensionParameters; readonly instance: ExtensionInstance } | undefined
  /** Client: reads the server's answer and returns an instance. Throwing fails the handshake. */
  confirm?(response: ExtensionParameters): ExtensionInstance
}

/** The extension on one connection. */
export interface ExtensionInstance {
  /** The reserved bits that it claims: RSV1, RSV2 and RSV3 as 4, 2 and 1. */
  readonly reservedBits: number
  /** The reserved opcodes that it claims, of 3 to 7 and 11 to 15. Frames with them go to its `onFrame`, or else to the application's. */
  readonly opcodes: readonly number[]
  /**
   * The key for sharing: a prepared message is transformed once, with an encoder for sharing, for all instances with equal keys. Absent or
   * `undefined`: it is transformed for each connection (decision 30).
   */
  readonly cacheKey?: string | undefined
  /** Makes a transform for one message to send; `undefined` leaves the message unchanged. */
  encoder?(message: OutgoingMessage): MessageTransform | undefined
  /**
   * Makes a decoder for one message that begins with this header; `undefined` leaves the message unchanged.
   *
   * `isKept`: the output stays in memory until the message or the frame is complete, and is not passed to the application piece by piece. A decoder may then hold octets back, until `flush` or `end`, so that fewer unfinished messages take memory at once. Absent: false.
   */
  decoder?(firstHeader: FrameHeader, isKept?: boolean): MessageTransform | undefined
  /** Called once, when the connection is open and before the application's `onOpen`. */
  opened?(link: ExtensionLink): void
  /**
   * Receives each frame with an opcode that it claims, whole; the application's `onFrame` is not called for it then. It may keep the payload. While its promise is pending, later hooks wait. Throws `PeerMisbehaved` if the peer broke the extension's rules.
   */
  onFrame?(header: FrameHeader, payload: Octets): Awaitable<void>
  /**
   * Called when a message was sent that an encoder for many connections had made: the context of this side's encoder no longer agrees with
   * that of the peer.
   */
  sharedWasSent?(): void
  /** Checks each header that carries a claimed bit or opcode; throws `PeerMisbehaved` if it breaks the extension's rules (decision 19). */
  check?(header: FrameHeader): void
  /** Called once, when the connection has ended, even while a transform is working. */
  close(): void
}

/** The part of a connection that an extension uses (decision 58). */
export interface ExtensionLink {
  /**
   * Sends a frame with an opcode that the extension claims. Returns false if nothing more should be sent now, or if nothing was sent because the connection is closing. Other opcodes and reserved bits are misuse, as is a frame inside one that is being streamed.
   */
  sendFrame(opcode: number, payload?: Octets, options?: ExtensionFrameOptions): boolean
  /** Sends a frame that was made once for many connections. Behaves like `sendFrame`. */
  sendPreparedFrame(frame: PreparedFrame): boolean
}

export interface ExtensionFrameOptions {
  /** Whether the frame has FIN; true by default. */
  readonly final?: boolean
  /** Reserved bits, of those that the extension claims; 0 by default. */
  readonly reserved?: number
}

/** The facts about a message for which an encoder is made. */
export interface OutgoingMessage {
  readonly isBinary: boolean
  readonly options: SendOptions
  /** The length of the whole message in octets; `undefined` if it is sent in pieces and the length is unknown. */
  readonly length: number | undefined
  /**
   * Whether the output goes to many connections: reading it must not need earlier messages of this one, and it is made to its end even if
   * this one is closed meanwhile.
   */
  readonly isShared: boolean
  /**
   * Whether the whole message is available: its octets are passed one after the other, without waiting for the application or another
   * extension.
   */
  readonly isWhole?: boolean
}

/**
 * A transform of one message, in pieces. It may change lengths and hold octets back.
 *
 * Input and output are lent: the octets are valid until the call returns. A transform that goes on in a promise copies what it still needs.
 * While the promise is pending, everything after it waits, on the way in as on the way out. The transform may emit until the promise
 * settles; emitting later is misuse.
 *
 * If `emit` returns a promise, the transform should wait for it before it emits more: the application is not ready, and further output
 * waits in memory. A transform that cannot wait may go on.
 */
export interface MessageTransform {
  /** The reserved bits to set on the first frame of the message. */
  readonly reserved: number
  /** Transforms octets. Throws `PeerMisbehaved` for data that cannot be decoded. */
  write(octets: Octets, emit: Emit): Awaitable<void>
  /**
   * Emits the octets that it holds back, so that the reader gets them, where a frame ends within the message.
   *
   * - Sending: called for each frame that the application ends, with `sendMessageFrame` or with the last octets of a frame begun. Not called
   *   for automatic fragments (`autoFragmentSize`, `fragmentSize`): these are cut from the output of the encoder for the whole message.
   * - Receiving: called for each frame but the last one if the application's hooks get frames or pieces. Not called if they get whole messages only, nor in function style for messages that are received whole.
   */
  flush?(emit: Emit): Awaitable<void>
  end(emit: Emit): Awaitable<void>
  /** Called if the message will not be completed, because the application transferred the rest of it. Sending only. */
  abandon?(): void
}

/** An extension and its instance, as agreed on in the handshake. */
export interface NegotiatedExtension {
  readonly name: string
  readonly parameters: ExtensionParameters
  readonly instance: ExtensionInstance
}
