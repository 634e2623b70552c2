/** The entry `@autobahn-ts/router`. */

export type {
  AuthOptions,
  CertificateUser,
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
export type { Principal } from './auth/method.ts'
export type { Action, Permission } from './auth/permissions.ts'
export { type ConfigProblem, ConfigProblems } from './config/config-problems.ts'
export type { Refusal } from './join/realm-door.ts'

export type { RealmOptions, Router, RouterOptions, RouterWorld } from './router.ts'
