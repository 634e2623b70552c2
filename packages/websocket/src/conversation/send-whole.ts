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

/**
 * Sends a whole message, whose type the caller has checked, so that its octets may be changed when nothing is left to wait for: octets that
 * would be sent by reference are copied or, where a copy costs more, waited for. Throws `ConnectionClosed` where the connection is not open.
 */
export function sendWhole(protocol: WebSocketProtocol, message: string | Octets): Left {
  checkOpen(protocol)
  const { outbox } = protocol[parts].connection
  const reuse = typeof message === 'string' ? Reuse.AtOnce : outbox.reuse(message.length)
  if (reuse === Reuse.OfCopy) return roomAfter(outbox.sendCopy(message as Octets) === 'sent')
  return leftAfter(outbox.sendMessage(message, typeof message !== 'string', noOptions) === 'sent', reuse)
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

/** Sends a frame of the message that was begun. */
export function sendFrame(protocol: WebSocketProtocol, octets: Octets): Left {
  const reuse = protocol[parts].connection.outbox.reuse(octets.length)
  const sent = reuse === Reuse.OfCopy ? copyOf(octets, 0, octets.length) : octets
  return leftAfter(protocol.sendMessageFrame(sent), reuse)
}

/** Throws `ConnectionClosed` where the connection is not open. */
export function checkOpen(protocol: WebSocketProtocol): void {
  if (!protocol.isOpen) throw closingError(protocol.closeInfo)
}

/** Returns the options that the protocol's own methods take. */
export function sendOptionsOf({ fragmentSize, doNotCompress }: MessageOptions): SendOptions {
  return { ...(fragmentSize !== undefined && { fragmentSize }), ...(doNotCompress !== undefined && { doNotCompress }) }
}

const noOptions: SendOptions = {}

function leftAfter(mayGoOn: boolean, reuse: Reuse): Left {
  return reuse === Reuse.WhenGone ? Left.Octets : roomAfter(mayGoOn)
}

function roomAfter(mayGoOn: boolean): Left {
  return mayGoOn ? Left.Nothing : Left.Room
}
