import type { Awaitable } from '../../bytes/awaitable.ts'
import type { Emit, Octets } from '../../bytes/octets.ts'
import type { FrameHeader } from '../frames/frame-header.ts'
import type { SendOptions } from '../frames/send-options.ts'
import type { PreparedFrame } from './prepared-frame.ts'

/** Parameters of one extension as they stand in the header, in order; a parameter without a value is `true`. */
export type ExtensionParameters = ReadonlyMap<string, string | true>

/**
 * An extension of the protocol, RFC 6455 §9: negotiated in the handshake, then one instance per connection.
 *
 * One object serves both roles: clients call `offer` and `confirm`, servers call `accept`.
 */
export interface Extension {
  /** The registered token, for example `permessage-deflate`. */
  readonly name: string
  /** Client: what to offer, best first. Nothing: the extension is not offered. */
  offer?(): readonly ExtensionParameters[]
  /** Server: takes the first offer it can, or declines with `undefined`. Offers are the peer's, in its order. */
  accept?(
    offers: readonly ExtensionParameters[],
  ): { readonly parameters: ExtensionParameters; readonly instance: ExtensionInstance } | undefined
  /** Client: what the server answered. Throwing fails the handshake. */
  confirm?(response: ExtensionParameters): ExtensionInstance
}

/** An extension at work on one connection. */
export interface ExtensionInstance {
  /** Reserved bits that it claims: RSV1, RSV2 and RSV3 as 4, 2 and 1. */
  readonly reservedBits: number
  /** Reserved opcodes that it claims, of 3 to 7 and 11 to 15; such frames arrive at its `onFrame`, or else at the application's. */
  readonly opcodes: readonly number[]
  /**
   * Equal keys mean that a prepared message transformed once, with an encoder for sharing, serves all of them; absent or `undefined`: it is
   * transformed for each connection.
   */
  readonly cacheKey?: string | undefined
  /** For one message to send; `undefined` leaves the message as it is. */
  encoder?(message: OutgoingMessage): MessageTransform | undefined
  /**
   * Makes a decoder for one message that begins with this header; `undefined` leaves the message as it is.
   *
   * `isKept`: what is decoded stays in memory until the message or the frame is complete, and is not handed to the application piece by
   * piece. A decoder may then hold octets back, until `flush` or `end`, so that fewer unfinished messages take memory at once. Absent: it is
   * handed on.
   */
  decoder?(firstHeader: FrameHeader, isKept?: boolean): MessageTransform | undefined
  /** Called once, when the connection is open and before the application's `onOpen`. */
  opened?(link: ExtensionLink): void
  /**
   * Receives each frame with an opcode that it claims, whole; the application's `onFrame` is not called for it then. The payload is its own.
   * A promise holds the hooks behind it. Throws `PeerMisbehaved` where the peer broke the extension's rules.
   */
  onFrame?(header: FrameHeader, payload: Octets): Awaitable<void>
  /** A message went out that an encoder for sharing had made: whatever this side remembers of what it sent is no longer what the peer has. */
  sharedWasSent?(): void
  /** Looks at each header that carries a bit or opcode it claims; throws `PeerMisbehaved` where its own rules are broken. */
  check?(header: FrameHeader): void
  /** The connection is gone. Called once, also while a transform is at work. */
  close(): void
}

/** The connection as an extension uses it. */
export interface ExtensionLink {
  /**
   * Sends a frame with an opcode that the extension claims. Returns false where nothing more should be sent now, and where nothing was sent
   * because the connection is closing. Other opcodes and reserved bits are misuse, as is a frame inside one that is being streamed.
   */
  sendFrame(opcode: number, payload?: Octets, options?: ExtensionFrameOptions): boolean
  /** Sends a frame that was made once for many connections, as `sendFrame` sends one that is made for this connection. */
  sendPreparedFrame(frame: PreparedFrame): boolean
}

export interface ExtensionFrameOptions {
  /** Whether the frame has FIN; true by default. */
  readonly final?: boolean
  /** Reserved bits, of those that the extension claims; 0 by default. */
  readonly reserved?: number
}

/** What an encoder is asked for. */
export interface OutgoingMessage {
  readonly isBinary: boolean
  readonly options: SendOptions
  /** Octets of the whole message; `undefined` where it is sent in pieces and nobody knows. */
  readonly length: number | undefined
  /**
   * What comes out goes to many connections: nothing that was sent before on this one may be needed to read it, and it is made to its end
   * also where this one is closed meanwhile.
   */
  readonly isShared: boolean
  /** The whole message is there: its octets are given one after the other, without a wait for the application or for another extension. */
  readonly isWhole?: boolean
}

/**
 * A transform of one message, in pieces. It may change lengths and hold octets back.
 *
 * Octets given and octets emitted are lent: they are valid until the call returns. A transform that goes on in a promise copies what it
 * still needs. The promise holds everything behind it, on the way in as on the way out, and emits until it settles; later is misuse.
 *
 * Where `emit` returns a promise, the transform should wait for it before it emits more: the application holds the reading, and what is
 * emitted meanwhile waits in memory. A transform that cannot wait may go on.
 */
export interface MessageTransform {
  /** Reserved bits to set on the first frame of the message. */
  readonly reserved: number
  /** Throws `PeerMisbehaved` on what cannot be decoded. */
  write(octets: Octets, emit: Emit): Awaitable<void>
  /**
   * Emits what it holds back so that the reader can have it, where a frame ends within the message.
   *
   * - Sending: called for each frame that the application ends, with `sendMessageFrame` or with the last octets of a frame begun. Not called
   *   for automatic fragments (`autoFragmentSize`, `fragmentSize`): these are cut from what the encoder has made of the whole message.
   * - Receiving: called for each frame but the last one where the application's hooks hear of frames or pieces. Not called where they are
   *   given whole messages only, nor in function style for messages that are received whole.
   */
  flush?(emit: Emit): Awaitable<void>
  end(emit: Emit): Awaitable<void>
  /** The message will not be completed, because what was left of it was transferred by the application. Sending only. */
  abandon?(): void
}

/** What the handshake agreed on. */
export interface NegotiatedExtension {
  readonly name: string
  readonly parameters: ExtensionParameters
  readonly instance: ExtensionInstance
}
