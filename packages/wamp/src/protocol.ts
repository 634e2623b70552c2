/** The entry `@autobahn-ts/wamp/protocol`: the messages of WAMP version 2 and what carries them, for routers and tools. Runs anywhere. */

export { ChallengeRefused } from './auth/challenge-refused.ts'
export { cryptosignSignature, isCryptosignSignature, publicKeyOf } from './auth/cryptosign.ts'
export { hex, octetsOfHex } from './auth/hex.ts'
export {
  isScramProof,
  isScramVerifier,
  type ScramCredential,
  type ScramFacts,
  scramCredential,
  scramCredentialOfNobody,
  scramProof,
  scramVerifier,
} from './auth/scram.ts'
export { type ScramDerivation, type ScramDialect, saltedPassword, saslPrepared } from './auth/scram-key.ts'
export { type CraFacts, type CraKey, craChallenge, craKey, craSignature, isCraSignature } from './auth/wampcra.ts'
export { base64 } from './bytes/base64.ts'
export { pbkdf2Key } from './keys/pbkdf2-key.ts'
export { randomId as randomName } from './keys/random-id.ts'
export { sameSecret } from './keys/same-secret.ts'
export { sign as signedText } from './keys/sign.ts'
export { canonicalUri } from './messages/canonical-uri.ts'
export { checkMessage } from './messages/check-message.ts'
export { CloseReason, ErrorUri } from './messages/error-uris.ts'
export { type AnnouncedRoles, announcement, announces, type Feature, featuresOfRole } from './messages/features.ts'
export { GlobalIds, idAfter, type RandomOctets, randomGlobalId, SessionIds } from './messages/ids.ts'
export type * from './messages/message.ts'
export type { ElementRule, MessageRule } from './messages/message-rule.ts'
export { messageRule } from './messages/message-table.ts'
export { type MessageCode, type MessageName, MessageType, messageName } from './messages/message-type.ts'
export { type Encoded, emptyPayload, KeepingPayload, type Kwargs, type Payload, payloadOf } from './messages/payload.ts'
export { ProtocolViolation } from './messages/protocol-violation.ts'
export { isReservedUri, isUri, isUriPattern, matchesUri, type UriRules } from './messages/uris.ts'
export { maxId, type ValueKind } from './messages/value-kinds.ts'
export { type ReplayBounds, ReplayBuffer } from './resumption/replay-buffer.ts'
export { type ResumableOwner, ResumableTransport } from './resumption/resumable-transport.ts'
export { CborSerializer } from './serializers/cbor.ts'
export { JsonSerializer } from './serializers/json.ts'
export { defaultLimits, type SerializerLimits } from './serializers/limits.ts'
export { MsgpackSerializer } from './serializers/msgpack.ts'
export type { Serializer, SerializerName } from './serializers/serializer.ts'
export type { CookieIssuer, CookieMeeting, TransportCookie } from './transports/cookie-issuer.ts'
export type { LongPollAnswer } from './transports/longpoll-answer.ts'
export { LongPollServer, type LongPollServing } from './transports/longpoll-server.ts'
export { MemoryTransport, type MemoryTransportOptions, memoryTransports } from './transports/memory-transport.ts'
export {
  type MessageFormat,
  MessageTooLarge,
  type MessageTransport,
  type PreparedMessage,
  type TransportDetails,
  type TransportEnd,
  type TransportListener,
} from './transports/message-transport.ts'
export { peerText } from './transports/peer-text.ts'
export { HandshakeRefused, rawSocketMagic } from './transports/rawsocket-handshake.ts'
export { acceptRawSocket, connectRawSocket, type RawSocketGround, type RawSocketTerms } from './transports/rawsocket-opening.ts'
export type { ReportError } from './transports/reception.ts'
export { checkedSerializers, type SpokenSerializers, spokenBy, subprotocolsOf } from './transports/subprotocols.ts'
export { transportOptions } from './transports/transport-options.ts'
export { resolveTransportOptions, type TransportOptions } from './transports/transport-settings.ts'
export { type TransportServerProtocol, type WebSocketServing, webSocketServerFactory } from './transports/websocket-server.ts'
