import WebSocket = require('./index.cjs')

declare const createWebSocketStream: typeof WebSocket.createWebSocketStream
declare const WebSocketServer: typeof WebSocket.WebSocketServer
type WebSocketServer = WebSocket.WebSocketServer
type AddressInfo = WebSocket.AddressInfo
type CertMeta = WebSocket.CertMeta
type ClientOptions = WebSocket.ClientOptions
type CloseEvent = WebSocket.CloseEvent
type Data = WebSocket.Data
type ErrorEvent = WebSocket.ErrorEvent
type Event = WebSocket.Event
type EventListenerOptions = WebSocket.EventListenerOptions
type FinishRequestCallback = WebSocket.FinishRequestCallback
type MessageEvent = WebSocket.MessageEvent
type PerMessageDeflateOptions = WebSocket.PerMessageDeflateOptions
type RawData = WebSocket.RawData
type ServerOptions<
  U extends typeof WebSocket.WebSocket = typeof WebSocket.WebSocket,
  V extends typeof import('node:http').IncomingMessage = typeof import('node:http').IncomingMessage,
> = WebSocket.ServerOptions<U, V>
type VerifyClientCallbackAsync<Request extends import('node:http').IncomingMessage = import('node:http').IncomingMessage> =
  WebSocket.VerifyClientCallbackAsync<Request>
type VerifyClientCallbackSync<Request extends import('node:http').IncomingMessage = import('node:http').IncomingMessage> =
  WebSocket.VerifyClientCallbackSync<Request>

export {
  type AddressInfo,
  type CertMeta,
  type ClientOptions,
  type CloseEvent,
  createWebSocketStream,
  type Data,
  type ErrorEvent,
  type Event,
  type EventListenerOptions,
  type FinishRequestCallback,
  type MessageEvent,
  type PerMessageDeflateOptions,
  type RawData,
  type ServerOptions,
  type VerifyClientCallbackAsync,
  type VerifyClientCallbackSync,
  WebSocket,
  WebSocketServer,
}
export default WebSocket
