import type { PageSocket } from '@autobahn-ts/websocket/browser'
import { HandshakeFailed } from '@autobahn-ts/websocket/portable'
import { type Spoken, type SpokenSerializers, spokenBy, subprotocolsOf } from '../transports/subprotocols.ts'

/** Returns what both sides speak. Gives the socket up, and returns `undefined`, where the server chose no subprotocol of WAMP. */
export function agreedBy(protocol: string, socket: PageSocket, offered: SpokenSerializers): Spoken | undefined {
  const spoken = spokenBy(protocol, offered)
  if (spoken === undefined) {
    const refusal = new HandshakeFailed(`the server did not agree to one of ${subprotocolsOf(offered).join(', ')}`)
    socket.giveUp(refusal.message, refusal)
  }
  return spoken
}
