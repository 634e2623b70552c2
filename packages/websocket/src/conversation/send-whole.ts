import type { WebSocketProtocol } from '../application/protocol.ts'
import { parts } from '../application/protocol-parts.ts'
import { copyOf, type Octets } from '../bytes/octets.ts'
import type { SendOptions } from '../protocol/frames/send-options.ts'
import { Reuse } from '../protocol/sending/reuse.ts'
import { closingError } from './closed-error.ts'
import type { MessageOptions } from './message-options.ts'

/** The thing that is left to wait for when a message was taken: nothing; room for the next one; or that its octets have gone out. */
export const Left = { Nothing: 0, Room: 1, Octets: 2 } as const
export type Left = (typeof Left)[keyof typeof Left]

/** Sends a whole message. Throws `ConnectionClosed` where the connection is not open. */
export function sendWhole(protocol: WebSocketProtocol, message: string | Octets): Left {
  checkOpen(protocol)
  if (typeof message !== 'string') return sendOctets(protocol, message, false)
  return roomAfter(protocol.sendMessage(message))
}

/** Sends a whole message with options. Throws `ConnectionClosed`, as above. */
export function sendWholeWith(protocol: WebSocketProtocol, message: string | Octets, options: MessageOptions): Left {
  checkOpen(protocol)
  const { binary = typeof message !== 'string' } = options
  if (typeof message === 'string') return roomAfter(protocol.sendMessage(message, binary, sendOptionsOf(options)))
  const reuse = protocol[parts].connection.outbox.reuse(message.length)
  const sent = reuse === Reuse.OfCopy ? copyOf(message, 0, message.length) : message
  return leftAfter(protocol.sendMessage(sent, binary, sendOptionsOf(options)), reuse)
}

/**
 * Sends octets, as a message or a frame, so that the caller may change them when nothing is left to wait for: octets that would be sent by
 * reference are copied or, where a copy costs more, waited for.
 */
export function sendOctets(protocol: WebSocketProtocol, octets: Octets, isFrame: boolean): Left {
  const { outbox } = protocol[parts].connection
  const reuse = outbox.reuse(octets.length)
  if (reuse === Reuse.OfCopy && !isFrame) return roomAfter(outbox.sendCopy(octets) === 'sent')
  const sent = reuse === Reuse.OfCopy ? copyOf(octets, 0, octets.length) : octets
  return leftAfter(isFrame ? protocol.sendMessageFrame(sent) : protocol.sendMessage(sent), reuse)
}

/** Throws `ConnectionClosed` where the connection is not open. */
export function checkOpen(protocol: WebSocketProtocol): void {
  if (!protocol.isOpen) throw closingError(protocol.closeInfo)
}

/** Returns the options that the protocol's own methods take. */
export function sendOptionsOf({ fragmentSize, doNotCompress }: MessageOptions): SendOptions {
  return { ...(fragmentSize !== undefined && { fragmentSize }), ...(doNotCompress !== undefined && { doNotCompress }) }
}

function leftAfter(mayGoOn: boolean, reuse: Reuse): Left {
  return reuse === Reuse.WhenGone ? Left.Octets : roomAfter(mayGoOn)
}

function roomAfter(mayGoOn: boolean): Left {
  return mayGoOn ? Left.Nothing : Left.Room
}
