import type { LengthForm } from '../wire/frame.ts'
import type { Payload } from './payload.ts'

/**
 * One conversation with a testee: what the suite (the *fuzzer*) does, and what it accepts. A case is data; `run/` plays and judges it.
 *
 * The testee echoes every message with the type it had until the connection is closed.
 */
export interface Case {
  /** As every report of the field has it: `7.1.6`. */
  readonly id: string
  /** What the fuzzer does, in a sentence. */
  readonly title: string
  /** What the testee should do, in a sentence. */
  readonly expectation: string
  /** What it tests: `RFC 6455 §5.5.1`. */
  readonly section: string
  /** Played in order. When the testee has closed or dropped the connection, the rest is left out. */
  readonly steps: readonly Step[]
  /** The first whose events are those of the exchange gives the behavior; none of them is FAILED. */
  readonly accepted: readonly Outcome[]
  readonly close: CloseExpectation
  /** Which testees it is for; both where not said. */
  readonly testee?: 'client' | 'server'
  /** Runs with no other case beside it, because it measures time. */
  readonly alone?: boolean
  /** The most that the whole conversation may take; 100 where not said. */
  readonly seconds?: number
  /** permessage-deflate is negotiated; a testee that declines is UNIMPLEMENTED. */
  readonly compression?: Compression
  /** An opening handshake of its own; the usual one where not said. */
  readonly opening?: Opening
  /** What is different where verdicts stricter than those of the Autobahn Testsuite are asked for. */
  readonly strict?: Partial<Pick<Case, 'title' | 'expectation' | 'steps' | 'accepted' | 'close'>>
}

/** What the fuzzer does next. */
export type Step = Send | SendPart | SendOctets | Answers | Failure | Pause | Mark | Close | RoundTrips | Reading

/** Sends frames. */
export interface Send {
  readonly step: 'send'
  readonly frames: readonly Frame[]
  readonly cut: Cut
}

/** How octets are handed to TCP: all of them at once, one frame at a time, or so many octets at a time. */
export type Cut = 'whole' | 'frames' | number

/** A frame of a case. It is masked as the role of the fuzzer asks. */
export interface Frame {
  /** 0 to 15. */
  readonly opcode: number
  readonly payload: Payload
  /** True where not said. */
  readonly fin?: boolean
  /** The three reserved bits as a number: 4 is RSV1, 2 is RSV2, 1 is RSV3. 0 where not said. */
  readonly rsv?: number
  /** Masked where it must not be, or not masked where it must be (RFC 6455 §5.1). */
  readonly wronglyMasked?: boolean
  /** The shortest that fits where not said. */
  readonly lengthForm?: LengthForm
  /** The length that the header names, where it is to differ from that of the payload. */
  readonly claimedLength?: bigint
}

/** Sends a part of a frame; each part of the same frame object belongs to the same frame on the wire. */
export interface SendPart {
  readonly step: 'part'
  readonly frame: Frame
  /** Octets of the payload; the header goes with the part from 0. */
  readonly from: number
  /** The end of the payload where not said. */
  readonly to?: number
}

/** Sends octets as they are. */
export interface SendOctets {
  readonly step: 'octets'
  readonly octets: Payload
  readonly cut: Cut
}

/** Waits until the first `count` events of the first accepted outcome are there, all of them where not said; or until it is clear that they will not come. */
export interface Answers {
  readonly step: 'answers'
  readonly count?: number
  /** How long to wait; the runner's patience where not said. */
  readonly seconds?: number
}

/** Waits until the testee fails the connection: a close frame, or the end of TCP. */
export interface Failure {
  readonly step: 'failure'
  /** Where the standard lets the testee wait: the mark that says that it did. Without it the wait ends the case. */
  readonly otherwise?: string
}

/** Stops reading, or goes on: what the testee sends stays in its own buffers, or in those of TCP. */
export interface Reading {
  readonly step: 'reading'
  readonly isOn: boolean
}

/** Waits; ends early where the testee ends the connection. */
export interface Pause {
  readonly step: 'pause'
  readonly seconds: number
}

/** Puts a mark between the events, so that an outcome can say what came before and what after it. */
export interface Mark {
  readonly step: 'mark'
  readonly name: string
}

/** Begins the closing handshake. */
export interface Close {
  readonly step: 'close'
  /** Of the close frame. */
  readonly payload: Uint8Array
}

/** Sends message after message, each when the one before has come back; every echo is compared, and its time is taken. One event: `roundTrips`. */
export interface RoundTrips {
  readonly step: 'roundTrips'
  readonly count: number
  readonly kind: 'text' | 'binary'
  /** The n-th message, from 0. */
  message(n: number): Payload
  /** Cut into frames of so many octets; in one frame where not said. With compression, of compressed octets. A message that fills its frames ends with an empty one. */
  readonly fragmentSize?: number
  /** How the octets are handed to TCP; all at once where not said. */
  readonly cut?: Cut
  /** How long one of them may take; the runner's patience where not said. */
  readonly seconds?: number
}

/** What comes of the exchange, in order. Pings of the testee are answered and are no event; a violation of the protocol always fails the case. */
export type Event =
  | { readonly kind: 'text' | 'binary' | 'pong'; readonly payload: Payload }
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'roundTrips'; readonly count: number }
  | { readonly kind: 'violation'; readonly what: string }
  /** More than the suite keeps. No rule of the standard says how much is too much. */
  | { readonly kind: 'excess'; readonly what: string }

/** A way that the exchange may go. */
export interface Outcome {
  readonly behavior: 'OK' | 'NON-STRICT' | 'INFORMATIONAL'
  /** `any` takes whatever comes that breaks no rule. */
  readonly events: readonly Event[] | 'any'
  /** The payloads of all pings that were sent. Pongs may be anywhere between the other events and need not answer each ping, but in their order, and the last (RFC 6455 §5.5.3). */
  readonly pongs?: readonly Payload[]
  /** The testee has ended the connection before all of it came: it has limits, of which the standard says nothing. */
  readonly isCutShort?: true
  /** How the connection should end where it went this way; as the case says where not said. */
  readonly close?: CloseExpectation
}

/** How the connection should end. */
export interface CloseExpectation {
  /** Who sends the first close frame, or drops TCP without one. */
  readonly by: 'fuzzer' | 'testee' | 'either'
  /** Codes that the testee's close frame may have; `none` is a close frame without a code. A drop without a close frame is judged by `clean` alone. */
  readonly codes: readonly (number | 'none')[]
  /** Both close frames have to pass. */
  readonly clean: boolean
  /** No verdict is given. */
  readonly informational?: boolean
  /**
   * What fails the behavior too, as in the Autobahn Testsuite: a code that is not one of `codes`, or a first close frame (or drop) by the
   * other side than `by`.
   */
  readonly fatal?: 'code' | 'side'
}

/** permessage-deflate in a case. */
export interface Compression {
  /** Offered by the fuzzer as client, in this order of preference; a server accepts the first that the testee's offer allows. */
  readonly offers: readonly DeflateParameters[]
}

/** RFC 7692 §7.1: what is asked of the testee when it compresses, and promised by the fuzzer where it is the client. */
export interface DeflateParameters {
  readonly noContextTakeover: boolean
  /** 8 to 15; 0 leaves the parameter out. */
  readonly maxWindowBits: number
  /** The fuzzer as client lets the server choose a window for the client's messages: `client_max_window_bits` without a value, as browsers offer. */
  readonly takesAnyWindow?: boolean
}

/** An opening handshake that departs from the usual one, and what may come of it. */
export interface Opening {
  /** The request, where the fuzzer is the client; gets what the usual one is made of. */
  request?(usual: UsualRequest): Uint8Array
  /** The response, where the fuzzer is the server. */
  response?(usual: UsualResponse): Uint8Array
  /** How its octets are handed to TCP; all at once where not said. */
  readonly cut?: Cut
  /** Subprotocols that the request names: the response may name one of them. */
  readonly protocols?: readonly string[]
  /** The value of `Sec-WebSocket-Extensions` in the request. The answer is judged by RFC 7692 §7.1, and what was agreed on holds for the steps. */
  readonly offer?: string
  /** For clients: one that does not offer permessage-deflate is UNIMPLEMENTED; with `fitting offer` also one whose offer does not allow the response. */
  readonly needs?: 'offer' | 'fitting offer'
  /** The ends that are accepted. One that is not named is FAILED. */
  readonly accepted: Readonly<Partial<Record<OpeningEnd, Outcome['behavior']>>>
  /** First and last status with which a server may refuse; 400 to 599 where not said. */
  readonly statuses?: readonly [first: number, last: number]
  /** What is wrong with a server's answer beside that, in words for a sentence. */
  inspect?(answer: HttpAnswer): string | undefined
}

/**
 * How an opening handshake may end. `opened`: the testee goes on, and the steps are played. `refused`: a server answers with a status;
 * `dropped`: TCP ends without an answer, which is how clients refuse; `silent`: nothing happens until the deadline.
 */
export type OpeningEnd = 'opened' | 'refused' | 'dropped' | 'silent'

/** What a server answered to a request. */
export interface HttpAnswer {
  readonly status: number
  /** Names in lower case; lines in their order. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  /** Octets behind the end of the answer. */
  readonly following: Uint8Array
  /** Whether TCP ended with it. */
  readonly hasEnded: boolean
}

/** What a request is usually made of (RFC 6455 §4.1). */
export interface UsualRequest {
  readonly resource: string
  readonly host: string
  readonly key: string
  /** Header lines, without the line ends. */
  readonly lines: readonly string[]
}

/** What a response is usually made of (RFC 6455 §4.2.2). */
export interface UsualResponse {
  readonly accept: string
  /** The key of the testee's request. */
  readonly key: string
  /** The values of `Sec-WebSocket-Extensions` and `Sec-WebSocket-Protocol` in the testee's request; empty where there is none. */
  readonly offer: string
  readonly protocols: string
  /** Header lines, without the line ends, the status line first. */
  readonly lines: readonly string[]
}
