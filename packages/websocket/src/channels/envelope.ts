import type { Octets } from '../bytes/octets.ts'
import type { Text } from '../bytes/text.ts'
import { PreparedFrame } from '../protocol/extending/prepared-frame.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { CloseCode } from '../protocol/faults/close-code.ts'
import { PeerMisbehaved } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { PreparedMessage } from '../protocol/sending/prepared-message.ts'

/** A broadcast on its way over a bus. */
export interface Envelope {
  readonly message: PreparedMessage | PreparedFrame
  /** Whether members that read slowly miss it. */
  readonly skipsSlow: boolean
}

/**
 * Writes a broadcast for a bus: an octet with its kind and its flags, for a frame one more with its first octet, and the payload.
 *
 * The size of fragments is not written: it is up to the process that sends to a member.
 */
export function writeEnvelope({ message, skipsSlow }: Envelope): Octets {
  const isFrame = message instanceof PreparedFrame
  const headSize = isFrame ? 2 : 1
  const octets = new Uint8Array(headSize + message.payload.length)
  octets[0] = (isFrame ? Kind.Frame : kindOf(message)) | (skipsSlow ? skipsSlowFlag : 0)
  if (isFrame) octets[1] = message.first
  octets.set(message.payload, headSize)
  return octets
}

/**
 * Reads a broadcast that came over a bus. The payload is not copied. Throws `PeerMisbehaved` where it is not one, is larger than `maxSize`
 * octets (unless that is 0), or is a text that is not UTF-8, for which all members of the channel would fail their connections.
 */
export function readEnvelope(octets: Octets, { maxSize, subject, text }: EnvelopeRules): Envelope {
  const head = octets[0]
  if (head === undefined) throw malformed(subject, 'it is empty')
  if ((head & ~(kindBits | skipsSlowFlag | uncompressedFlag)) !== 0) throw malformed(subject, `its first octet is ${head}`)
  const kind = head & kindBits
  const payload = octets.subarray(kind === Kind.Frame ? 2 : 1)
  if (maxSize > 0 && payload.length > maxSize) throw tooLarge(subject, payload.length, maxSize)
  const skipsSlow = (head & skipsSlowFlag) !== 0
  if (kind === Kind.Frame) return { message: frameOf(subject, octets[1], payload), skipsSlow }
  if (kind !== Kind.Text && kind !== Kind.Binary) throw malformed(subject, `there is no kind ${kind}`)
  if (kind === Kind.Text && !isUtf8(payload, text))
    throw new PeerMisbehaved(CloseCode.InvalidPayload, `a text that is not UTF-8 came over the bus for ${shownValue(subject)}`)
  const options = (head & uncompressedFlag) === 0 ? {} : { doNotCompress: true }
  return { message: new PreparedMessage(payload, kind === Kind.Binary, options), skipsSlow }
}

/** The rules by which octets are read, and the subject that they came under. */
export interface EnvelopeRules {
  readonly maxSize: number
  readonly subject: string
  readonly text: Text
}

function frameOf(subject: string, first: number | undefined, payload: Octets): PreparedFrame {
  if (first === undefined) throw malformed(subject, 'it ends after its first octet')
  try {
    return new PreparedFrame(first & 0x0f, payload, { final: (first & 0x80) !== 0, reserved: (first >> 4) & 7 })
  } catch (error) {
    throw malformed(subject, `it is a frame that may not be sent: ${asError(error).message}`)
  }
}

function kindOf(message: PreparedMessage): number {
  return (message.isBinary ? Kind.Binary : Kind.Text) | (message.options.doNotCompress === true ? uncompressedFlag : 0)
}

function isUtf8(octets: Octets, text: Text): boolean {
  return text.isValid === undefined ? text.decodeValid(octets, 0, octets.length) !== undefined : text.isValid(octets)
}

function malformed(subject: string, why: string): PeerMisbehaved {
  return new PeerMisbehaved(CloseCode.ProtocolError, `what came over the bus for ${shownValue(subject)} is not a broadcast: ${why}`)
}

function tooLarge(subject: string, length: number, most: number): PeerMisbehaved {
  const message = `${length} octets came over the bus for ${shownValue(subject)}, and at most ${most} are accepted`
  return new PeerMisbehaved(CloseCode.MessageTooBig, message)
}

const Kind = { Text: 1, Binary: 2, Frame: 3 } as const
const kindBits = 0x0f
const uncompressedFlag = 0x10
const skipsSlowFlag = 0x20
