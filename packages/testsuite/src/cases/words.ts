import { closePayload } from '../wire/close-payload.ts'
import { Opcode } from '../wire/frame.ts'
import type { CloseExpectation, Cut, Event, Frame, Outcome, Step } from './case.ts'
import { type Payload, pieces } from './payload.ts'

// The functions with which the cases are written.

type FrameParts = Partial<Omit<Frame, 'opcode' | 'payload'>>

export function text(payload: Payload, parts: FrameParts = {}): Frame {
  return { opcode: Opcode.Text, payload, ...parts }
}

export function binary(payload: Payload, parts: FrameParts = {}): Frame {
  return { opcode: Opcode.Binary, payload, ...parts }
}

export function ping(payload: Payload = '', parts: FrameParts = {}): Frame {
  return { opcode: Opcode.Ping, payload, ...parts }
}

export function pong(payload: Payload = '', parts: FrameParts = {}): Frame {
  return { opcode: Opcode.Pong, payload, ...parts }
}

export function closeFrame(payload: Payload, parts: FrameParts = {}): Frame {
  return { opcode: Opcode.Close, payload, ...parts }
}

/** Makes a continuation frame, the last one of its message unless `fin` is false. */
export function continuation(payload: Payload, parts: FrameParts = {}): Frame {
  return { opcode: Opcode.Continuation, payload, ...parts }
}

/** Makes a message in frames with these payloads. */
export function fragments(kind: 'text' | 'binary', ...payloads: readonly Payload[]): Frame[] {
  return payloads.map((payload, n) => {
    const fin = n === payloads.length - 1
    return n > 0 ? continuation(payload, { fin }) : kind === 'text' ? text(payload, { fin }) : binary(payload, { fin })
  })
}

/** Makes a message in frames of at most `size` octets. */
export function fragmented(kind: 'text' | 'binary', payload: Payload, size: number): Frame[] {
  return fragments(kind, ...pieces(payload, size))
}

/** Sends frames, by default in one write. */
export function send(frames: Frame | readonly Frame[], cut: Cut = 'whole'): Step {
  return { step: 'send', frames: Array.isArray(frames) ? frames : [frames], cut }
}

/** Sends the octets of a frame's payload from one place to another; the header is sent with the part from 0. */
export function part(frame: Frame, from: number, to?: number): Step {
  return { step: 'part', frame, from, ...(to !== undefined && { to }) }
}

/** Waits for the events of the first accepted outcome, or for the first `count` of them. */
export function answers(count?: number): Step {
  return { step: 'answers', ...(count !== undefined && { count }) }
}

/** Waits until the testee fails the connection. */
export const failure: Step = { step: 'failure' }

/** Waits until the testee fails the connection. Where it does not, the step adds the mark `otherwise`, and the case goes on. */
export function failureOr(otherwise: string): Step {
  return { step: 'failure', otherwise }
}

/** Stops or resumes reading what the testee sends. */
export function reading(isOn: boolean): Step {
  return { step: 'reading', isOn }
}

export function pause(seconds: number): Step {
  return { step: 'pause', seconds }
}

export function mark(name: string): Step {
  return { step: 'mark', name }
}

/** Begins the closing handshake. */
export function close(code = 1000, reason: string | Uint8Array = ''): Step {
  return { step: 'close', payload: closePayload(code, reason) }
}

/** Begins the closing handshake with a payload that is sent unchanged. */
export function closeWith(payload: Uint8Array): Step {
  return { step: 'close', payload }
}

/** The events of the testee, for outcomes. */
export const came = {
  text: (payload: Payload): Event => ({ kind: 'text', payload }),
  binary: (payload: Payload): Event => ({ kind: 'binary', payload }),
  pong: (payload: Payload = ''): Event => ({ kind: 'pong', payload }),
  mark: (name: string): Event => ({ kind: 'mark', name }),
  roundTrips: (count: number): Event => ({ kind: 'roundTrips', count }),
} as const

/** The outcome that is wanted. */
export function ok(...events: readonly Event[]): Outcome {
  return { behavior: 'OK', events }
}

/** An outcome that is accepted but not wanted. */
export function nonStrict(...events: readonly Event[]): Outcome {
  return { behavior: 'NON-STRICT', events }
}

/** An outcome that the standard neither demands nor forbids. */
export function open(...events: readonly Event[]): Outcome {
  return { behavior: 'INFORMATIONAL', events }
}

/** The testee may end the connection before all events came, because it has a limit; no verdict is given on the limit. */
export function limited(outcome: Outcome): Outcome {
  return { ...outcome, behavior: 'INFORMATIONAL', isCutShort: true, close: informationalClose }
}

/** Any events, without a verdict. */
export const anything: Outcome = { behavior: 'INFORMATIONAL', events: 'any' }

/** The fuzzer closes with 1000, and the testee completes the closing handshake; RFC 6455 §5.5.1 lets it leave out the code. */
export const cleanClose: CloseExpectation = { by: 'fuzzer', codes: [1000, 'none'], clean: true }

/** The testee fails the connection: it sends a close frame with this code or with none, or drops TCP (RFC 6455 §7.1.7). */
export function failedWith(code: number): CloseExpectation {
  return { by: 'testee', codes: [code, 'none'], clean: false }
}

/** Any way of closing, without a verdict. */
export const informationalClose: CloseExpectation = { by: 'either', codes: [], clean: false, informational: true }
