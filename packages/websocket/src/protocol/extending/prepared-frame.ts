import { noOctets, type Octets } from '../../bytes/octets.ts'
import { checkOptions, optionCheck } from '../checks/check-options.ts'
import { trueOrFalse } from '../checks/option-values.ts'
import { ApiMisuse } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import { checkControlFrame } from '../frames/control-frame.ts'
import { firstOctet, unmaskedHeaderSize, writeHeader } from '../frames/frame-header.ts'
import { givenOctets } from '../frames/given-octets.ts'
import { isReserved } from '../frames/opcode.ts'
import type { ExtensionFrameOptions } from './extension.ts'

/**
 * A frame with an opcode that an extension claims, made once to be sent to many: with `broadcast` of a factory or a channel, with
 * `sendPreparedFrame` of a protocol, and by the extension itself with `sendPreparedFrame` of its link.
 *
 * Keeps a copy of the payload. Servers send the same octets to all connections; clients mask the payload afresh each time (RFC 6455 §5.3).
 * Encoders do not change it, as all frames that are not parts of messages (decision 59).
 */
export class PreparedFrame {
  readonly opcode: number
  readonly isFinal: boolean
  /** Reserved bits: RSV1, RSV2 and RSV3 as 4, 2 and 1. */
  readonly reserved: number
  readonly payload: Octets
  /** The first octet of the frame. */
  readonly first: number
  /** The whole unmasked frame. */
  readonly frame: Octets
  readonly #isOne = true

  /** Whether a value is a prepared frame, and not only an object or a proxy that looks like one. Never throws. */
  static is(value: unknown): value is PreparedFrame {
    return typeof value === 'object' && value !== null && #isOne in value
  }

  /**
   * Throws `ApiMisuse` for an opcode that no extension can claim, for reserved bits that do not exist, for a payload that is not octets, and
   * for a frame that may not be sent: opcodes 11 to 15 are control frames of at most 125 octets, which have FIN (RFC 6455 §5.5).
   */
  constructor(opcode: number, payload: Octets = noOctets, options: ExtensionFrameOptions = {}) {
    checkOptions<ExtensionFrameOptions>(options, frameOptions, 'PreparedFrame')
    const { final = true, reserved = 0 } = options
    if (!Number.isInteger(opcode) || opcode < 0 || opcode > 15 || !isReserved(opcode))
      throw new ApiMisuse(`an extension can claim the opcodes 3 to 7 and 11 to 15, and not ${shownValue(opcode)}`)
    const octets = givenOctets(payload, 'the payload of a frame')
    checkControlFrame(opcode, octets, final)
    this.opcode = opcode
    this.isFinal = final
    this.reserved = reserved
    this.first = firstOctet(opcode, final, reserved)
    const frame = new Uint8Array(unmaskedHeaderSize(octets.length) + octets.length)
    const payloadAt = writeHeader(frame, 0, this.first, octets.length, false)
    frame.set(octets, payloadAt)
    this.frame = frame
    this.payload = frame.subarray(payloadAt)
  }
}

const frameOptions = {
  final: trueOrFalse,
  reserved: optionCheck('0 to 7', value => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 7),
}
