import { webText } from '../../src/bytes/text.ts'
import { type CollectLimits, Inbox } from '../../src/conversation/inbox.ts'

/** An inbox, without limits unless they are given. */
export function inboxOf(
  limits: CollectLimits = { maxMessagePayloadSize: 0, maxMessageFrames: 0 },
  tooBig: (message: string) => void = unexpected,
): Inbox {
  return new Inbox({ limits, runtime: { text: webText }, tooBig })
}

function unexpected(message: string): void {
  throw new Error(message)
}

/** A message comes whole, as the hooks tell of it. Returns the promise that stops the reading, where there is one. */
export function arrive(inbox: Inbox, message: string | Uint8Array): Promise<void> | undefined {
  const octets = typeof message === 'string' ? Buffer.from(message) : message
  begin(inbox, typeof message !== 'string', octets.length)
  const held = inbox.dataCame(octets)
  return held === undefined ? inbox.messageEnded() : held.then(() => inbox.messageEnded())
}

/** A message of one frame begins. */
export function begin(inbox: Inbox, isBinary = true, length = 0): void {
  inbox.messageBegan(isBinary)
  inbox.frameBegan(length)
}
