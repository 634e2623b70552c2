import type { Octets } from '../../bytes/octets.ts'
import { ApiMisuse } from '../faults/errors.ts'
import { isControl } from './opcode.ts'

/** Octets that the payload of a control frame may have at most (RFC 6455 §5.5). */
export const longestControlPayload: number = 125

/**
 * Checks a frame that is to be sent, if it is a control frame (RFC 6455 §5.5). Throws `ApiMisuse` for one that the peer would have to
 * refuse: with more than 125 octets, or without FIN.
 */
export function checkControlFrame(opcode: number, payload: Octets, isFinal: boolean): void {
  if (!isControl(opcode)) return
  if (payload.length > longestControlPayload)
    throw new ApiMisuse(`a control frame holds at most ${longestControlPayload} octets, and not ${payload.length}`)
  if (!isFinal) throw new ApiMisuse(`a frame with opcode ${opcode} is a control frame, which has FIN`)
}
