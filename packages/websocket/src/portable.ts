/**
 * The entry `@autobahn-ts/websocket/portable`: what `@autobahn-ts/websocket` has without a runtime's own transports, for packages whose
 * code is to run anywhere. The functions that read an option table are there too, so that such a package keeps its options the same way.
 */

export type { Awaitable } from './bytes/awaitable.ts'
export type { ByteStream, ByteStreamReader } from './bytes/byte-stream.ts'
export type { Clock, Timer } from './bytes/clock.ts'
export type { Crypto } from './bytes/crypto.ts'
export type { Compressor, CompressorSettings, Decompressor, Deflate } from './bytes/deflate.ts'
export type { Masker } from './bytes/masker.ts'
export type { Emit, Octets, ReceivedOctets } from './bytes/octets.ts'
export type { Runtime } from './bytes/runtime.ts'
export type { Text } from './bytes/text.ts'
export type { BroadcastOptions, BroadcastResult } from './classes/broadcast.ts'
export { type ClientFactoryOptions, type ClientSessionParameters, WebSocketClientFactory } from './classes/client-factory.ts'
export type { ClientProtocolOptions, ServerProtocolOptions } from './classes/compression-hooks.ts'
export { WebSocketFactory } from './classes/factory.ts'
export { WebSocketClientProtocol, WebSocketProtocol, WebSocketServerProtocol } from './classes/protocol.ts'
export { type ServerFactoryOptions, type ServerSessionParameters, WebSocketServerFactory } from './classes/server-factory.ts'
export type { AcceptOptions, DeflateAgreement, Direction } from './extensions/permessage-deflate/agreement.ts'
export type { OfferAcceptor, ResponseAcceptor } from './extensions/permessage-deflate/negotiation.ts'
export { type OfferOptions, PerMessageDeflateOffer } from './extensions/permessage-deflate/offer.ts'
export { type OfferAcceptOptions, PerMessageDeflateOfferAccept } from './extensions/permessage-deflate/offer-accept.ts'
export { type DeflateSettings, type PerMessageDeflateOptions, perMessageDeflateOptions } from './extensions/permessage-deflate/options.ts'
export { PerMessageDeflateResponse } from './extensions/permessage-deflate/response.ts'
export { PerMessageDeflateResponseAccept } from './extensions/permessage-deflate/response-accept.ts'
export { Channel, type Membership } from './functions/channel.ts'
export type { Connection, Message, MessageStream, ReadableOctets } from './functions/connection.ts'
export type { ErrorReport } from './functions/function-factories.ts'
export type { Admission, Handler, Routes } from './functions/function-protocols.ts'
export type { ReceiveOptions } from './functions/receive-options.ts'
export type { ConnectingRequest, ConnectionAccept, ConnectionRequest, ConnectionResponse } from './handshake/connection-request.ts'
export type { OfferedExtension } from './handshake/extension-header.ts'
export { HeaderFields } from './handshake/header-fields.ts'
export { type HeadersInput, HttpException } from './handshake/http-exception.ts'
export type { RequestHead } from './handshake/http1-head.ts'
export { createWsUrl, parseWsUrl, type WsUrl } from './handshake/url.ts'
export { asError } from './protocol/as-error.ts'
export {
  anyValue,
  checkOptions,
  type OptionCheck,
  type OptionChecks,
  optionCheck,
  shownValue,
  unknownOption,
} from './protocol/check-options.ts'
export { CloseCode } from './protocol/close-code.ts'
export type { CloseInfo } from './protocol/close-info.ts'
export {
  ApiMisuse,
  ConnectionClosed,
  HandshakeFailed,
  type HandshakeFailedDetails,
  PeerMisbehaved,
  type ReceivedHeaders,
  UnsentLimitExceeded,
} from './protocol/errors.ts'
export type {
  Extension,
  ExtensionFrameOptions,
  ExtensionInstance,
  ExtensionLink,
  ExtensionParameters,
  MessageTransform,
  NegotiatedExtension,
  OutgoingMessage,
} from './protocol/extension.ts'
export type { FrameHeader } from './protocol/frame-header.ts'
export type { Observation, ObservedRuntime, Observer } from './protocol/observer.ts'
export { Opcode } from './protocol/opcode.ts'
export { defaultsOf, type OptionRule, type OptionTable, optionRule, resolveOptions } from './protocol/option-table.ts'
export {
  type AllowedHosts,
  type AllowedOrigins,
  type ClientOptions,
  type CommonOptions,
  type CompressionAcceptor,
  clientOptions,
  type ProtocolOptions,
  type ServerOptions,
  serverOptions,
  type TrustedProxies,
  type UnsentPolicy,
} from './protocol/options.ts'
export { PreparedFrame } from './protocol/prepared-frame.ts'
export { PreparedMessage } from './protocol/prepared-message.ts'
export type { FrameOptions, SendOptions } from './protocol/send-options.ts'
export { State } from './protocol/state.ts'
export type { Timings } from './protocol/timings.ts'
export type { TrafficStats } from './protocol/traffic-stats.ts'
export type { Address, TlsDetails, TransportDetails } from './protocol/transport-details.ts'
export type { WireTap } from './protocol/wire-tap.ts'
