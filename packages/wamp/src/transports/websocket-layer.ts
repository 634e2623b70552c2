import type { CommonOptions } from '@autobahn-ts/websocket/portable'
import type { TransportOptions } from './transport-settings.ts'

/** Returns the options of the WebSocket layer that the options of transports mean. */
export function layerOptions(limits: TransportOptions): Partial<CommonOptions> {
  return {
    maxMessagePayloadSize: limits.maxMessageSize,
    maxFramePayloadSize: limits.maxMessageSize,
    openHandshakeTimeout: limits.handshakeTimeout,
    closeHandshakeTimeout: limits.closeTimeout,
    autoPingInterval: limits.pingInterval,
    autoPingTimeout: limits.pingTimeout,
    sendHighWaterMark: limits.highWaterMark,
    maxUnsentSize: limits.maxUnsentSize,
  }
}
