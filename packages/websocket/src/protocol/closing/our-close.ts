import type { Octets } from '../../bytes/octets.ts'
import type { ClosingParts } from './closing-parts.ts'

/** Sends our close frame, of a closing handshake or of a failure. It may have to wait; `closeFrameSent` follows when it is sent. */
export function sendOurClose({ state, events, outbox }: ClosingParts, payload: Octets, code: number | undefined): void {
  state.beginClose(code)
  events.endBegan()
  outbox.sendClose(payload)
}
