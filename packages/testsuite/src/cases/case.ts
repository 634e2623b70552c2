import type { LengthForm } from '../wire/frame.ts'
import type { Payload } from './payload.ts'

/**
 * One conversation with a testee: what the suite (the *fuzzer*) sends, and which reactions it accepts. A case is data; `run/` plays and
 * judges it. The testee echoes every message, text as text and binary as binary, until the connection is closed.
 */
export interface Case {
  /** The number of the case. Those of groups 1 to 13 are the Autobahn Testsuite's: `7.1.6`. */
  readonly id: string
  /** A sentence that says what the fuzzer does. */
  readonly title: string
  /** A sentence that says what the testee should do. */
  readonly expectation: string
  /** The section of the standard that the case tests: `RFC 6455 §5.5.1`. */
  readonly section: string
  /** The steps, played in order. After the testee has closed or dropped the connection, the remaining steps are skipped. */
  readonly steps: readonly Step[]
  /** The accepted outcomes. The first one whose events equal those of the exchange gives the behavior; if none does, it is FAILED. */
  readonly accepted: readonly Outcome[]
  readonly close: CloseExpectation
  /** The kind of testee that the case is for. Default: both. */
  readonly testee?: 'client' | 'server'
  /** Whether no other case may run at the same time, because this one measures time. */
  readonly alone?: boolean
  /** The longest time, in seconds, for the whole conversation. Default: 100. */
  readonly seconds?: number
  /** The permessage-deflate to negotiate. A testee that declines it is UNIMPLEMENTED. */
  readonly compression?: Compression
  /** The opening handshake of the case. Default: the usual one. */
  readonly opening?: Opening
  /** Replacements for runs that ask for stricter verdicts than those of the Autobahn Testsuite. */
  readonly strict?: Partial<Pick<Case, 'title' | 'expectation' | 'steps' | 'accepted' | 'close'>>
}

/** The next action of the fuzzer. */
export type Step = Send | SendPart | SendOctets | Answers | Failure | Pause | Mark | Close | RoundTrips | Reading

/** Sends frames. */
export interface Send {
  readonly step: 'send'
  readonly frames: readonly Frame[]
  readonly cut: Cut
}

/** The way in which octets are written to TCP: all at once, one frame at a time, or a number of octets at a time. */
export type Cut = 'whole' | 'frames' | number

/** A frame of a case. It is masked if the fuzzer is the client. */
export interface Frame {
  /** A number from 0 to 15. */
  readonly opcode: number
  readonly payload: Payload
  /** Default: true. */
  readonly fin?: boolean
  /** The three reserved bits as a number: 4 is RSV1, 2 is RSV2, 1 is RSV3. Default: 0. */
  readonly rsv?: number
  /** Whether the frame is masked where it must not be, or not masked where it must be (RFC 6455 §5.1). */
  readonly wronglyMasked?: boolean
  /** The form of the payload length. Default: the shortest that fits. */
  readonly lengthForm?: LengthForm
  /** A length for the header that differs from that of the payload. */
  readonly claimedLength?: bigint
}

/** Sends a part of a frame. Parts with the same frame object belong to one frame on the wire. */
export interface SendPart {
  readonly step: 'part'
  readonly frame: Frame
  /** The first octet of the payload to send; the header is sent with the part from 0. */
  readonly from: number
  /** The end of the part within the payload. Default: the end of the payload. */
  readonly to?: number
}

/** Sends octets unchanged. */
export interface SendOctets {
  readonly step: 'octets'
  readonly octets: Payload
  readonly cut: Cut
}

/**
 * Waits until the first `count` events of the first accepted outcome have come, by default all of them, or until it is clear that they will
 * not come.
 */
export interface Answers {
  readonly step: 'answers'
  readonly count?: number
  /** The longest time to wait. Default: the answer time of the run. */
  readonly seconds?: number
}

/** Waits until the testee fails the connection: sends a close frame, or ends TCP. */
export interface Failure {
  readonly step: 'failure'
  /** The mark to add where the testee does not fail the connection but may wait by the standard. Without it, that ends the case. */
  readonly otherwise?: string
}

/** Stops or resumes reading. While it is stopped, what the testee sends stays in TCP's buffers and in the testee's. */
export interface Reading {
  readonly step: 'reading'
  readonly isOn: boolean
}

/** Waits, at most until the testee ends the connection. */
export interface Pause {
  readonly step: 'pause'
  readonly seconds: number
}

/** Adds a mark to the events, so that an outcome can name what came before it and what after. */
export interface Mark {
  readonly step: 'mark'
  readonly name: string
}

/** Begins the closing handshake. */
export interface Close {
  readonly step: 'close'
  /** The payload of the close frame. */
  readonly payload: Uint8Array
}

/**
 * Sends message after message, each after the echo of the one before. Every echo is compared and its time measured. Gives one event:
 * `roundTrips`.
 */
export interface RoundTrips {
  readonly step: 'roundTrips'
  readonly count: number
  readonly kind: 'text' | 'binary'
  /** Returns the n-th message, from 0. */
  message(n: number): Payload
  /**
   * The size of the frames, in octets (compressed ones if there is compression). Default: one frame per message. A message that fills its
   * frames exactly ends with an empty frame.
   */
  readonly fragmentSize?: number
  /** The way in which the octets are written to TCP. Default: all at once. */
  readonly cut?: Cut
  /** The longest time, in seconds, for one round trip. Default: the answer time of the run. */
  readonly seconds?: number
}

/** An event of the exchange. Pings of the testee are answered and are not events; a violation of the protocol always fails the case. */
export type Event =
  | { readonly kind: 'text' | 'binary' | 'pong'; readonly payload: Payload }
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'roundTrips'; readonly count: number }
  | { readonly kind: 'violation'; readonly what: string }
  /** The testee sent more than the suite keeps. No rule of the standard limits the amount. */
  | { readonly kind: 'excess'; readonly what: string }

/** An accepted course of the exchange. */
export interface Outcome {
  readonly behavior: 'OK' | 'NON-STRICT' | 'INFORMATIONAL'
  /** The events in order; `any` accepts all events that do not break a rule. */
  readonly events: readonly Event[] | 'any'
  /**
   * The payloads of all pings that were sent. Pongs may come anywhere between the other events. The testee need not answer each ping, but
   * it has to answer in order, and to answer the last one (RFC 6455 §5.5.3).
   */
  readonly pongs?: readonly Payload[]
  /** Whether the testee may end the connection before all events came. It may have limits, which the standard does not define. */
  readonly isCutShort?: true
  /** The expected end of the connection for this outcome. Default: that of the case. */
  readonly close?: CloseExpectation
}

/** The expected end of a connection. */
export interface CloseExpectation {
  /** The side that sends the first close frame, or drops TCP without one. */
  readonly by: 'fuzzer' | 'testee' | 'either'
  /**
   * The accepted codes of the testee's close frame; `none` is a close frame without a code. A drop without a close frame is judged by
   * `clean` alone.
   */
  readonly codes: readonly (number | 'none')[]
  /** Whether both close frames have to pass. */
  readonly clean: boolean
  /** Whether no verdict is given. */
  readonly informational?: boolean
  /**
   * A further reason to fail the behavior, as in the Autobahn Testsuite: a code that is not one of `codes`, or a first close frame (or drop) by
   * another side than `by`.
   */
  readonly fatal?: 'code' | 'side'
}

/** permessage-deflate in a case. */
export interface Compression {
  /**
   * The offers of the fuzzer as client, in order of preference. A fuzzer that is the server accepts the first one that the testee's offer
   * allows.
   */
  readonly offers: readonly DeflateParameters[]
}

/** Parameters that the testee's compressor has to keep to. A fuzzer that is the client promises the same for its own (RFC 7692 §7.1). */
export interface DeflateParameters {
  readonly noContextTakeover: boolean
  /** A number from 8 to 15; 0 leaves the parameter out. */
  readonly maxWindowBits: number
  /**
   * Whether the fuzzer as client lets the server choose a window for the client's messages: `client_max_window_bits` without a value, as
   * browsers offer it.
   */
  readonly takesAnyWindow?: boolean
}

/** An opening handshake that departs from the usual one, and the ways in which it may end. */
export interface Opening {
  /** Makes the request, where the fuzzer is the client, from the parts of the usual one. */
  request?(usual: UsualRequest): Uint8Array
  /** Makes the response, where the fuzzer is the server, from the parts of the usual one. */
  response?(usual: UsualResponse): Uint8Array
  /** The way in which its octets are written to TCP. Default: all at once. */
  readonly cut?: Cut
  /** The subprotocols of the request; the response may name one of them. */
  readonly protocols?: readonly string[]
  /** The value of `Sec-WebSocket-Extensions` in the request. The answer is judged by RFC 7692 §7.1, and the steps use what was agreed. */
  readonly offer?: string
  /**
   * The offer that the case needs from a client. A client that does not offer permessage-deflate is UNIMPLEMENTED; with `fitting offer` so
   * is one whose offer does not allow the response.
   */
  readonly needs?: 'offer' | 'fitting offer'
  /** The accepted ends. Any other end is FAILED. */
  readonly accepted: Readonly<Partial<Record<OpeningEnd, Outcome['behavior']>>>
  /** The range of status codes with which a server may refuse. Default: 400 to 599. */
  readonly statuses?: readonly [first: number, last: number]
  /** Returns a further fault of a server's answer, in words for a sentence. */
  inspect?(answer: HttpAnswer): string | undefined
}

/**
 * The end of an opening handshake. `opened`: the testee opens the connection, and the steps are played. `refused`: a server answers with
 * another status. `dropped`: TCP ends without an answer, which is how clients refuse. `silent`: nothing happens until the deadline.
 */
export type OpeningEnd = 'opened' | 'refused' | 'dropped' | 'silent'

/** A server's answer to a request. */
export interface HttpAnswer {
  readonly status: number
  /** The header fields in order, with names in lower case. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  /** The octets after the end of the answer. */
  readonly following: Uint8Array
  /** Whether TCP ended after it. */
  readonly hasEnded: boolean
}

/** The parts of the usual request (RFC 6455 §4.1). */
export interface UsualRequest {
  readonly resource: string
  readonly host: string
  readonly key: string
  /** The header lines, without the line ends. */
  readonly lines: readonly string[]
}

/** The parts of the usual response (RFC 6455 §4.2.2). */
export interface UsualResponse {
  readonly accept: string
  /** The key of the testee's request. */
  readonly key: string
  /** The values of `Sec-WebSocket-Extensions` and `Sec-WebSocket-Protocol` in the testee's request; empty if there is none. */
  readonly offer: string
  readonly protocols: string
  /** The status line and the header lines, without the line ends. */
  readonly lines: readonly string[]
}
