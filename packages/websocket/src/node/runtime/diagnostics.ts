import { channel } from 'node:diagnostics_channel'
import type { Observation, Observer } from '../../protocol/connection/observer.ts'
import type { FrameHeader } from '../../protocol/frames/frame-header.ts'
import type { WireTap } from '../../protocol/frames/wire-tap.ts'

/**
 * The names of channels in `node:diagnostics_channel`. Each message is an object with `source`, the protocol, and the members in the
 * comments.
 */
export const diagnosticsChannels = {
  open: 'autobahn-ts:websocket:open',
  /** `info`: the `closeInfo`. */
  close: 'autobahn-ts:websocket:close',
  /** `error`: every error that goes to `onError`; `source` is the factory where it belongs to no connection. */
  error: 'autobahn-ts:websocket:error',
  /** `header` */
  frameReceived: 'autobahn-ts:websocket:frame:received',
  /** `header` */
  frameSent: 'autobahn-ts:websocket:frame:sent',
} as const

/** Returns the subscribers for a connection that begins now. Later subscribers see later connections only. */
export function diagnostics(): Observation | undefined {
  const looksAtFrames = frameReceived.hasSubscribers || frameSent.hasSubscribers
  const looksAtLife = open.hasSubscribers || close.hasSubscribers || error.hasSubscribers
  if (!looksAtFrames && !looksAtLife) return undefined
  return { ...(looksAtFrames && { tap }), ...(looksAtLife && { observer }) }
}

const open = channel(diagnosticsChannels.open)
const close = channel(diagnosticsChannels.close)
const error = channel(diagnosticsChannels.error)
const frameReceived = channel(diagnosticsChannels.frameReceived)
const frameSent = channel(diagnosticsChannels.frameSent)

const tap: WireTap = {
  frameReceived: (header: FrameHeader, source: object) => frameReceived.publish({ source, header }),
  frameSent: (header: FrameHeader, source: object) => frameSent.publish({ source, header }),
}

const observer: Observer = {
  opened: source => open.publish({ source }),
  closed: (source, info) => close.publish({ source, info }),
  failed: (cause, source) => error.publish({ source, error: cause }),
}
