import { closePayload } from '../wire/close-payload.ts'
import { Opcode } from '../wire/frame.ts'
import type { CloseExpectation, Cut, Event, Frame, Outcome, Step } from './case.ts'
import { type Payload, pieces } from './payload.ts'

// The words that cases are written in.

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

/** A frame that goes on with a message; the last one where `fin` is not said to be false. */
export function continuation(payload: Payload, parts: FrameParts = {}): Frame {
  return { opcode: Opcode.Continuation, payload, ...parts }
}

/** A message in frames with these payloads. */
export function fragments(kind: 'text' | 'binary', ...payloads: readonly Payload[]): Frame[] {
  return payloads.map((payload, n) => {
    const fin = n === payloads.length - 1
    return n > 0 ? continuation(payload, { fin }) : kind === 'text' ? text(payload, { fin }) : binary(payload, { fin })
  })
}

/** A message in frames of at most `size` octets. */
export function fragmented(kind: 'text' | 'binary', payload: Payload, size: number): Frame[] {
  return fragments(kind, ...pieces(payload, size))
}

/** Sends frames, all octets at once where no cut is said. */
export function send(frames: Frame | readonly Frame[], cut: Cut = 'whole'): Step {
  return { step: 'send', frames: Array.isArray(frames) ? frames : [frames], cut }
}

/** Sends the octets of a frame's payload from one place to another; the header goes with the part from 0. */
export function part(frame: Frame, from: number, to?: number): Step {
  return { step: 'part', frame, from, ...(to !== undefined && { to }) }
}

/** Waits for what the first accepted outcome names, or the first `count` of it. */
export function answers(count?: number): Step {
  return { step: 'answers', ...(count !== undefined && { count }) }
}

/** Waits until the testee fails the connection. */
export const failure: Step = { step: 'failure' }

/** Waits until the testee fails the connection. Where it does not, the mark says so, and the case goes on. */
export function failureOr(otherwise: string): Step {
  return { step: 'failure', otherwise }
}

/** Stops reading what the testee sends, or goes on. */
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

/** Begins the closing handshake with a payload as it is. */
export function closeWith(payload: Uint8Array): Step {
  return { step: 'close', payload }
}

/** What the testee says or does, for outcomes. */
export const came = {
  text: (payload: Payload): Event => ({ kind: 'text', payload }),
  binary: (payload: Payload): Event => ({ kind: 'binary', payload }),
  pong: (payload: Payload = ''): Event => ({ kind: 'pong', payload }),
  mark: (name: string): Event => ({ kind: 'mark', name }),
  roundTrips: (count: number): Event => ({ kind: 'roundTrips', count }),
} as const

/** The behavior wanted. */
export function ok(...events: readonly Event[]): Outcome {
  return { behavior: 'OK', events }
}

/** A lesser behavior that is accepted. */
export function nonStrict(...events: readonly Event[]): Outcome {
  return { behavior: 'NON-STRICT', events }
}

/** A behavior of which the standard says nothing. */
export function open(...events: readonly Event[]): Outcome {
  return { behavior: 'INFORMATIONAL', events }
}

/** The testee may end the connection before all of it came, because it has a limit: no verdict is given on where it is. */
export function limited(outcome: Outcome): Outcome {
  return { ...outcome, behavior: 'INFORMATIONAL', isCutShort: true, close: informationalClose }
}

/** Whatever comes, no verdict. */
export const anything: Outcome = { behavior: 'INFORMATIONAL', events: 'any' }

/** The fuzzer closes with 1000, and the testee completes the closing handshake; RFC 6455 §5.5.1 lets it leave out the code. */
export const cleanClose: CloseExpectation = { by: 'fuzzer', codes: [1000, 'none'], clean: true }

/** The testee fails the connection: a close frame with this code or with none, or it drops TCP (RFC 6455 §7.1.7). */
export function failedWith(code: number): CloseExpectation {
  return { by: 'testee', codes: [code, 'none'], clean: false }
}

/** The testee breaks no rule by closing as it does. */
export const informationalClose: CloseExpectation = { by: 'either', codes: [], clean: false, informational: true }
