/** The entry `@autobahn-ts/router`. */

export type {
  AuthOptions,
  CertificateUser,
  CookieOptions,
  CraUser,
  CryptosignUser,
  KnownUser,
  NobodyOptions,
  ScramUser,
  TicketCheck,
  TicketUser,
  Users,
} from './auth/auth-options.ts'
export type { JoinRequest } from './auth/join-request.ts'
export type { LocalPrincipal, Principal } from './auth/method.ts'
export type { Permission } from './auth/permissions.ts'
export type { HistoryRule } from './broker/broker.ts'
export { type ConfigProblem, ConfigProblems } from './config/config-problems.ts'
export type { RouterConfig } from './config/router-config.ts'
export type { Refusal } from './join/realm-door.ts'
export type { LinkDirection, LinkRule, LinkRules } from './links/link-rules.ts'
export type { LinkCounters, RouterLink } from './links/router-link.ts'
export { createRouter } from './node/create-router.ts'
export { type StaticFiles, type StaticFilesOptions, staticFiles } from './node/files/static-files.ts'
export { type LinkRouterOptions, linkRouter } from './node/link-router.ts'
export { attach, type RouterAttachment } from './node/listening/attach.ts'
export { listen } from './node/listening/listen.ts'
export type { Acceptor, FrontOptions, ListenOptions } from './node/listening/listen-options.ts'
export type { ListenerCloseOptions, RouterListener } from './node/listening/router-listener.ts'
export { type LocalClientOptions, localClient } from './node/local-client.ts'
export { type RestBridge, type RestBridgeOptions, type RestSession, restBridge } from './node/rest/rest-bridge.ts'
export { type RequestSignature, type RestKey, signRequest } from './node/rest/signed-requests.ts'
export type { OutboxCounters } from './outbox/outbox-counters.ts'
export type { Party } from './parties/party.ts'
export { type Access, type Action, applicationAccess, fullAccess, type Verdict } from './realm/access.ts'
export type { Realm } from './realm/realm.ts'
export { type RealmLimits, realmLimits } from './realm/realm-limits.ts'
export type { Session } from './realm/session.ts'
export type { MessageCounts, Traffic } from './realm/traffic.ts'
export type { ResumptionSettings } from './resumption/resumption-options.ts'
export { createCoreRouter } from './router/core-router.ts'
export type {
  RealmOptions,
  RealmRules,
  RealmUpdate,
  RevokedRights,
  Router,
  RouterCloseOptions,
  RouterOptions,
  RouterWorld,
} from './router/router.ts'
