/**
 * The entry `@autobahn-ts/websocket` as bundlers for browsers take it, by the condition `browser`: clients over the platform's `WebSocket`, everything
 * portable, and in place of what needs Node functions that throw `ApiMisuse`.
 */

export { browserClock } from './browser/browser-clock.ts'
export { type BrowserOptions, browserOptions, browserSettings } from './browser/browser-options.ts'
export { type ClientFactoryOptions, WebSocketClientFactory } from './browser/client-factory.ts'
export { type ConnectionOptions, type ConnectionUrl, connect, type ReconnectingConnection } from './browser/connect.ts'
export { connectWS } from './browser/connect-ws.ts'
export {
  addressIn,
  attach,
  attachWS,
  awaitedClock,
  checkPage,
  checkSocketPath,
  clusterBus,
  connectSocket,
  diagnosticsChannels,
  handleUpgrade,
  listenWS,
  nodeRuntime,
  onDiagnostics,
  permessageDeflate,
  SocketByteStream,
  serve,
  toDuplex,
  transportOf,
} from './browser/node-only.ts'
export { openPageSocket, type PageSocketOptions } from './browser/open-page-socket.ts'
export type { ConnectOptions } from './browser/opening.ts'
export type { Connection, Message, PageMessageOptions } from './browser/page-conversation.ts'
export type { PageSocket, SocketEvents } from './browser/page-socket.ts'
export type { PlatformSocket, PlatformSocketClass, SocketEvent } from './browser/platform-socket.ts'
export { WebSocketClientProtocol } from './browser/protocol.ts'
export type { SocketResponse } from './browser/socket-connection.ts'
export { type ConnectionStreams, toStreams } from './browser/to-streams.ts'
export { retryWhenOnline } from './browser/when-online.ts'
export * from './portable.ts'
