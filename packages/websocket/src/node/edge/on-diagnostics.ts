import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Duplex } from 'node:stream'
import type { WebSocketFactory } from '../../application/factory.ts'
import type { WebSocketClientProtocol, WebSocketServerProtocol } from '../../application/protocol.ts'
import type { ConnectingRequest, ConnectionRequest } from '../../handshake/connection-request.ts'
import { ApiMisuse, type HandshakeFailed } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'
import type { FrameHeader } from '../../protocol/frames/frame-header.ts'
import type { CloseInfo } from '../../protocol/life/close-info.ts'
import { diagnosticsChannels } from '../runtime/diagnostics.ts'

/** A connection of a server, the source of a message. */
interface OnServer {
  readonly isServer: true
  readonly source: WebSocketServerProtocol
}

/** A connection of a client, the source of a message. */
interface OnClient {
  readonly isServer: false
  readonly source: WebSocketClientProtocol
}

/** The connection that a message is about. `isServer` tells which side it is; in function style, `source` is its `protocol`. */
type OnConnection = OnServer | OnClient

/** The messages of the channels in `diagnosticsChannels`, by the keys of that object. Durations are in milliseconds. */
export interface DiagnosticsMessages {
  /**
   * On a server, the request has passed all checks and `onConnect` is called next; on a client, the request is sent next. A malformed
   * request has no such message, only `refused`.
   */
  readonly request: (OnServer & { readonly request: ConnectionRequest }) | (OnClient & { readonly request: ConnectingRequest })
  /** The status was sent by a server, or received by a client. `reason` says it in words. `duration` is the time since the connection began. */
  readonly refused: OnConnection & {
    readonly status: number
    readonly reason: string
    readonly duration: number
    readonly error: HandshakeFailed
  }
  /**
   * `source` is the socket, since there is no connection: 404 for a path that no attached factory takes, 503 while the server or the
   * attachment closes, 431 for too many headers, 500 where the path function of `attachWS` threw, 426 for another protocol.
   */
  readonly upgradeRefused: { readonly isServer: true; readonly source: Duplex; readonly status: number; readonly reason: string }
  /** `duration` is that of the opening handshake, without the connecting of TCP and TLS. */
  readonly open: OnConnection & { readonly duration: number }
  /** `duration` is the time since the connection began. A refused connection is closed too, with `wasOpen: false`. */
  readonly close: OnConnection & { readonly info: CloseInfo; readonly wasOpen: boolean; readonly duration: number }
  readonly error: {
    readonly isServer: boolean
    readonly source: WebSocketServerProtocol | WebSocketClientProtocol | WebSocketFactory
    readonly error: Error
  }
  /**
   * `size` is the number of octets of the payload, as the application sees it. `duration` is the time in the handler, and `undefined` for a
   * message that was sent: see `HandledMessage`.
   */
  readonly message: OnConnection & { readonly isBinary: boolean; readonly size: number } & (
      | { readonly direction: 'received'; readonly duration: number }
      | { readonly direction: 'sent'; readonly duration: undefined }
    )
  readonly frameReceived: OnConnection & { readonly header: FrameHeader }
  readonly frameSent: OnConnection & { readonly header: FrameHeader }
}

/**
 * Subscribes to one of the `diagnosticsChannels`: `onDiagnostics('close', ({ info }) => …)`. Returns a function that ends the subscription.
 *
 * A connection looks for subscribers once, when it begins: subscribe before you listen or connect. `subscribe` of
 * `node:diagnostics_channel` with the name of the channel does the same, without the type of the message.
 */
export function onDiagnostics<Name extends keyof DiagnosticsMessages>(
  name: Name,
  listener: (message: DiagnosticsMessages[Name]) => void,
): () => void {
  if (!Object.hasOwn(diagnosticsChannels, name))
    throw new ApiMisuse(`there is no channel ${shownValue(name)}; the channels are ${Object.keys(diagnosticsChannels).join(', ')}`)
  const channel = diagnosticsChannels[name]
  const taken = (message: unknown): void => listener(message as DiagnosticsMessages[Name])
  subscribe(channel, taken)
  return () => void unsubscribe(channel, taken)
}
