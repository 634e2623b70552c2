import { CloseCode, PeerMisbehaved } from '@autobahn-ts/websocket/portable'

/** Makes the fault of a peer that breaks the rules of WAMP: its connection closes with 1002. */
export function malformed(what: string): PeerMisbehaved {
  return new PeerMisbehaved(CloseCode.ProtocolError, what)
}

/** Makes the fault of a peer that exceeds a limit of this side: its connection closes with 1008. */
export function tooMuch(what: string): PeerMisbehaved {
  return new PeerMisbehaved(CloseCode.PolicyViolation, what)
}
