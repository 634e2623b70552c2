import type { AnnouncedRoles, Dict, Id } from '@autobahn-ts/wamp/protocol'

/** The facts about a client that has proved who it is. */
export interface Profile {
  /** The id of the session. */
  readonly session: Id
  readonly authid: string
  readonly authrole: string
  readonly authmethod: string
  readonly authprovider?: string | undefined
  /** Further facts for WELCOME. */
  readonly authextra?: Dict | undefined
  /** The roles of HELLO with their features. */
  readonly roles: AnnouncedRoles
  /** Whether it is a link to another router, whose words about other sessions count. Default: false. */
  readonly isLink?: boolean
  /** The level of trust of its role, where that has one. */
  readonly trustLevel?: number | undefined
}
