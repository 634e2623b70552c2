/** The names of `@autobahn-ts/wamp` that need no runtime: all but `connect` and what dials. */

export {
  ApiMisuse,
  type BackoffOptions,
  ConnectionClosed,
  HandshakeFailed,
  type SchemaIssue,
  type StandardSchema,
} from '@autobahn-ts/websocket/portable'
export { anonymous } from './auth/anonymous.ts'
export type { AuthAnswer, AuthAttempt, AuthHello, AuthMethod } from './auth/auth-method.ts'
export { ChallengeRefused } from './auth/challenge-refused.ts'
export { cookie } from './auth/cookie.ts'
export { type CryptosignOptions, cryptosign } from './auth/cryptosign-method.ts'
export { scram } from './auth/scram-method.ts'
export { ticket } from './auth/ticket.ts'
export { wampcra } from './auth/wampcra-method.ts'
export type { CallStream } from './client/call-stream.ts'
export type { Catalogue } from './client/catalogue.ts'
export type { ArgumentSchemas } from './client/checked-arguments.ts'
export type { Client, ClientLife, TypedClient, UntypedClient } from './client/client.ts'
export { type ClientOptions, type ClientSettings, clientOptions, type JoinedSession, type Loss } from './client/client-options.ts'
export type { EventStream } from './client/event-stream.ts'
export type { RestoreFailure } from './client/kept.ts'
export type {
  HistoryFilter,
  MetaProcedures,
  MetaTopics,
  PastEvent,
  RegistrationDetails,
  SessionDetails,
  SubscriptionDetails,
} from './client/meta-api.ts'
export type { Registration, Registrations, Subscription } from './client/registration.ts'
export type { CallArguments } from './client/request-arguments.ts'
export type {
  CallOptions,
  EventsOptions,
  Overflow,
  PublishOptions,
  RegisterOptions,
  StreamOptions,
  SubscribeOptions,
} from './client/request-options.ts'
export { StreamOverflow } from './client/stream-overflow.ts'
export { CloseReason, ErrorUri } from './messages/error-uris.ts'
export type {
  CancelMode,
  Dict,
  EventDetails,
  ForwardedFor,
  Id,
  InvocationDetails,
  InvokePolicy,
  MatchPolicy,
  Uri,
  WelcomeDetails,
} from './messages/message.ts'
export type { Kwargs } from './messages/payload.ts'
export { JsonSerializer } from './serializers/json.ts'
export type { Serializer } from './serializers/serializer.ts'
export { type Answer, type CallResult, result } from './session/answer.ts'
export { TooManyCalls } from './session/calls.ts'
export type { Invocation } from './session/invocation.ts'
export { JoinRefused } from './session/join-refused.ts'
export { SessionClosed } from './session/session-closed.ts'
export type { ErrorOrigin } from './session/session-link.ts'
export type { WampEvent } from './session/subscriptions.ts'
export { isWampError, WampError } from './session/wamp-error.ts'
export { MessageTooLarge, type MessageTransport } from './transports/message-transport.ts'
