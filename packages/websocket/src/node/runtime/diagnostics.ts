import { type Channel, channel } from 'node:diagnostics_channel'
import type { Observation, Observer } from '../../protocol/connection/observer.ts'
import type { FrameHeader } from '../../protocol/frames/frame-header.ts'
import type { WireTap } from '../../protocol/frames/wire-tap.ts'

/** The names of channels in `node:diagnostics_channel`. `DiagnosticsMessages` has the types of their messages. */
export const diagnosticsChannels = {
  /** An opening handshake begins: a server has read a request, or a client is about to send one. */
  request: 'autobahn-ts:websocket:request',
  /** An opening handshake was refused with an HTTP response. */
  refused: 'autobahn-ts:websocket:refused',
  /** An upgrade request of an HTTP server was refused before there was a connection for it: nothing takes its path, or the server closes. */
  upgradeRefused: 'autobahn-ts:websocket:upgrade:refused',
  /** An opening handshake has succeeded. */
  open: 'autobahn-ts:websocket:open',
  /** A connection is gone, whether it was open before or not. */
  close: 'autobahn-ts:websocket:close',
  /** Every error that goes to `onError`; `source` is the factory where it belongs to no connection. */
  error: 'autobahn-ts:websocket:error',
  /** A message was sent, or the application has handled one that was received. */
  message: 'autobahn-ts:websocket:message',
  /** A frame has arrived whose header was checked. */
  frameReceived: 'autobahn-ts:websocket:frame:received',
  frameSent: 'autobahn-ts:websocket:frame:sent',
} as const

/**
 * Returns the subscribers for a connection that begins now, on the server's or the client's side. Later subscribers see later connections
 * only (decision 98).
 */
export function diagnostics(isServer: boolean): Observation | undefined {
  const looksAtFrames = frameReceived.hasSubscribers || frameSent.hasSubscribers
  const looksAtLife =
    request.hasSubscribers || refused.hasSubscribers || open.hasSubscribers || close.hasSubscribers || error.hasSubscribers
  const looksAtMessages = message.hasSubscribers
  if (!looksAtFrames && !looksAtLife && !looksAtMessages) return undefined
  const { tap, observer, messageObserver } = isServer ? ofServers : ofClients
  return { ...(looksAtFrames && { tap }), ...(looksAtMessages ? { observer: messageObserver } : looksAtLife && { observer }) }
}

/** Publishes an upgrade request that was refused before there was a connection for it. Never throws. */
export function upgradeWasRefused(socket: object, status: number, reason: string): void {
  if (upgradeRefused.hasSubscribers) upgradeRefused.publish({ source: socket, isServer: true, status, reason })
}

const request = channel(diagnosticsChannels.request)
const refused = channel(diagnosticsChannels.refused)
const upgradeRefused = channel(diagnosticsChannels.upgradeRefused)
const open = channel(diagnosticsChannels.open)
const close = channel(diagnosticsChannels.close)
const error = channel(diagnosticsChannels.error)
const message = channel(diagnosticsChannels.message)
const frameReceived = channel(diagnosticsChannels.frameReceived)
const frameSent = channel(diagnosticsChannels.frameSent)

/** The publishers for one side. */
interface Publishers {
  readonly tap: WireTap
  readonly observer: Observer
  /** The observer that also wants messages, which cost time for each of them. */
  readonly messageObserver: Observer
}

const ofServers = publishers(true)
const ofClients = publishers(false)

function publishers(isServer: boolean): Publishers {
  const publish = (to: Channel, source: object, more: object): void => {
    if (to.hasSubscribers) to.publish({ source, isServer, ...more })
  }
  const observer: Observer = {
    requested: (source, made) => publish(request, source, { request: made }),
    refused: (source, refusal) => publish(refused, source, refusal),
    opened: (source, duration) => publish(open, source, { duration }),
    closed: (source, info, life) => publish(close, source, { info, ...life }),
    failed: (cause, source) => publish(error, source, { error: cause }),
  }
  return {
    tap: {
      frameReceived: (header: FrameHeader, source: object) => publish(frameReceived, source, { header }),
      frameSent: (header: FrameHeader, source: object) => publish(frameSent, source, { header }),
    },
    observer,
    messageObserver: {
      ...observer,
      messageHandled: (source, handled) => publish(message, source, { direction: 'received', ...handled }),
      messageSent: (source, sent) => publish(message, source, { direction: 'sent', ...sent, duration: undefined }),
    },
  }
}
