/**
 * The entry `@autobahn-ts/websocket/portable`: `@autobahn-ts/websocket` without the transports of a runtime, for packages whose code runs
 * anywhere. It also exports the functions that read a table of options, so that such packages can define their options in the same way.
 */

export type { BasicAuth } from './application/basic-auth.ts'
export type { BroadcastOptions, BroadcastResult } from './application/broadcast.ts'
export { type ClientFactoryOptions, type ClientSessionParameters, WebSocketClientFactory } from './application/client-factory.ts'
export type { ClientProtocolOptions, ServerProtocolOptions } from './application/compression-hooks.ts'
export { WebSocketFactory } from './application/factory.ts'
export { WebSocketClientProtocol, WebSocketProtocol, WebSocketServerProtocol } from './application/protocol.ts'
export { type ServerFactoryOptions, type ServerSessionParameters, WebSocketServerFactory } from './application/server-factory.ts'
export type { ConnectionTotals } from './application/totals.ts'
export type { Bus, BusHandler, BusSubscription } from './bus/bus.ts'
export { BusError, type BusErrorReason } from './bus/bus-error.ts'
export { type BusOptions, InProcessBus } from './bus/in-process-bus.ts'
export type {
  Following,
  KeepingBus,
  KeptFollower,
  KeptHistory,
  KeptOutcome,
  KeptPlace,
  KeptSubject,
  ReplayReceiver,
} from './bus/keeping-bus.ts'
export { type BusLink, type ClosableBus, LinkedBus } from './bus/linked-bus.ts'
export { fits, hasWildcard, subjectOf } from './bus/subject.ts'
export { type Awaitable, afterwards, heeded, isPromise } from './bytes/awaitable.ts'
export type { ByteStream, ByteStreamReader } from './bytes/byte-stream.ts'
export type { Clock, Schedule, Timer, Waiting } from './bytes/clock.ts'
export type { Crypto } from './bytes/crypto.ts'
export type { Compressor, CompressorSettings, Decompressor, Deflate } from './bytes/deflate.ts'
export type { Masker } from './bytes/masker.ts'
export type { Emit, Octets, ReceivedOctets } from './bytes/octets.ts'
export type { Runtime } from './bytes/runtime.ts'
export type { Text } from './bytes/text.ts'
export { unlessAborted, whenAborted } from './bytes/when-aborted.ts'
export type { RemoteOutcome } from './channels/bus-line.ts'
export type { Census, CensusOptions, CensusProcess, PresenceEvent } from './channels/census.ts'
export { Channel, type ChannelBroadcastResult, type ChannelOptions } from './channels/channel.ts'
export type { ChannelBusOptions, ChannelHistory } from './channels/channel-bus-options.ts'
export { Channels, type ChannelsOptions } from './channels/channels.ts'
export type { JoinOptions } from './channels/join-options.ts'
export type { ChannelMember } from './channels/member.ts'
export type { Membership } from './channels/membership.ts'
export type {
  Connection,
  Memory,
  Message,
  MessageStream,
  Readable,
  ReadableBlob,
  ReadableOctets,
  Source,
} from './conversation/connection.ts'
export { createHandlers, type HandlersOptions } from './conversation/create-handlers.ts'
export type { ErrorReport } from './conversation/function-factories.ts'
export type { JsonOptions } from './conversation/json-options.ts'
export type { MessageOptions } from './conversation/message-options.ts'
export type { ReceiveOptions } from './conversation/receive-options.ts'
export {
  type Admission,
  type Handler,
  type OwnRouteOptions,
  type Route,
  type RouteOptions,
  type Routes,
  route,
} from './conversation/route.ts'
export type { DataOf, ServerConnection } from './conversation/server-connection.ts'
export type { SchemaOutput, SchemaResult, StandardSchema } from './conversation/standard-schema.ts'
export type { OfferAcceptor, ResponseAcceptor } from './extensions/permessage-deflate/choices.ts'
export type { Direction } from './extensions/permessage-deflate/negotiation.ts'
export {
  type AcceptOptions,
  type DeflateAgreement,
  type OfferAcceptOptions,
  type OfferOptions,
  PerMessageDeflateOffer,
  PerMessageDeflateOfferAccept,
  PerMessageDeflateResponse,
  PerMessageDeflateResponseAccept,
} from './extensions/permessage-deflate/offer-and-response.ts'
export { type DeflateSettings, type PerMessageDeflateOptions, perMessageDeflateOptions } from './extensions/permessage-deflate/options.ts'
export type {
  ConnectingRequest,
  ConnectionAccept,
  ConnectionRequest,
  ConnectionResponse,
  RawRequests,
} from './handshake/connection-request.ts'
export type { OfferedExtension } from './handshake/http/extension-header.ts'
export { HeaderFields } from './handshake/http/header-fields.ts'
export { type HeadersInput, HttpException } from './handshake/http/http-exception.ts'
export type { RequestHead } from './handshake/http/http1-head.ts'
export { createWsUrl, parseWsUrl, type WsUrl } from './handshake/http/url.ts'
export type { UpgradeContext } from './handshake/incoming-request.ts'
export type { PageRules } from './handshake/request.ts'
export {
  anyValue,
  checkOptions,
  type OptionCheck,
  type OptionChecks,
  optionCheck,
  unknownOption,
} from './protocol/checks/check-options.ts'
export { abortSignal, seconds, someFunction, trueOrFalse, upToAnHour } from './protocol/checks/option-values.ts'
export { surelyFit, type Test } from './protocol/checks/values.ts'
export type { HandledMessage, Life, Observation, ObservedRuntime, Observer, Refusal, SentMessage } from './protocol/connection/observer.ts'
export type {
  Extension,
  ExtensionFrameOptions,
  ExtensionInstance,
  ExtensionLink,
  ExtensionParameters,
  MessageTransform,
  NegotiatedExtension,
  OutgoingMessage,
} from './protocol/extending/extension.ts'
export { PreparedFrame } from './protocol/extending/prepared-frame.ts'
export { asError } from './protocol/faults/as-error.ts'
export { CloseCode } from './protocol/faults/close-code.ts'
export {
  ApiMisuse,
  ConnectionClosed,
  HandshakeFailed,
  type HandshakeFailedDetails,
  MessageRefused,
  PeerMisbehaved,
  type ReceivedHeaders,
  type SchemaIssue,
  UnsentLimitExceeded,
} from './protocol/faults/errors.ts'
export { shownValue } from './protocol/faults/shown-value.ts'
export type { FrameHeader } from './protocol/frames/frame-header.ts'
export { Opcode } from './protocol/frames/opcode.ts'
export type { FrameOptions, SendOptions } from './protocol/frames/send-options.ts'
export type { WireTap } from './protocol/frames/wire-tap.ts'
export { guarded, reporting } from './protocol/hooks/guarded.ts'
export type { CloseInfo } from './protocol/life/close-info.ts'
export { Settlement } from './protocol/life/settlement.ts'
export { State } from './protocol/life/state.ts'
export type { Timings } from './protocol/life/timings.ts'
export type { TrafficStats } from './protocol/life/traffic-stats.ts'
export type { Address, TlsDetails, TransportDetails } from './protocol/life/transport-details.ts'
export {
  defaultsOf,
  explained,
  type OptionRule,
  type OptionSetting,
  type OptionSettings,
  type OptionTable,
  type OptionText,
  optionRule,
  optionSetting,
  resolveOptions,
} from './protocol/options/option-table.ts'
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
} from './protocol/options/options.ts'
export { PreparedMessage } from './protocol/sending/prepared-message.ts'
export { Backoff, checkBackoff } from './reconnect/backoff.ts'
export type { BackoffOptions } from './reconnect/delays.ts'
export { isMendable } from './reconnect/mendable.ts'
export {
  type LostConnection,
  type ReconnectingOptions,
  type ReconnectingSettings,
  reconnectingOptions,
} from './reconnect/reconnecting-options.ts'
export { Reconnector, type ReconnectorSetup, reconnectOptions } from './reconnect/reconnector.ts'
export { type Failure, type Loss, type ReconnectOptions, Redialer, type RedialerSetup, type Replaceable } from './reconnect/redialer.ts'
export type { PathParams } from './routing/path-params.ts'
