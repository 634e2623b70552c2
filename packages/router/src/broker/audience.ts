import type { Id, PublishOptions } from '@autobahn-ts/wamp/protocol'
import type { Party } from '../parties/party.ts'

/** The receivers that a publisher allows: those who stand in every list of `eligible…`, and in none of `exclude…`. */
export class Audience {
  /** Whether it names sessions, whose ids mean nothing once they are over. */
  readonly namesSessions: boolean
  readonly #options: PublishOptions

  constructor(options: PublishOptions) {
    this.#options = options
    this.namesSessions = options.eligible !== undefined || options.exclude !== undefined
  }

  admits({ id, authid, authrole }: Pick<Party, 'id' | 'authid' | 'authrole'>): boolean {
    const { eligible, exclude } = this.#options
    if (eligible !== undefined && !eligible.includes(id)) return false
    if (exclude?.includes(id) === true) return false
    return this.admitsIdentity(authid, authrole)
  }

  /** Applies the lists of authids and authroles alone. */
  admitsIdentity(authid: string, authrole: string): boolean {
    const { eligible_authid, exclude_authid, eligible_authrole, exclude_authrole } = this.#options
    if (eligible_authid !== undefined && !eligible_authid.includes(authid)) return false
    if (exclude_authid?.includes(authid) === true) return false
    if (eligible_authrole !== undefined && !eligible_authrole.includes(authrole)) return false
    return exclude_authrole?.includes(authrole) !== true
  }
}

/** Returns the receivers that the options of a PUBLISH allow; `undefined` where they name none. */
export function audienceOf(options: PublishOptions): Audience | undefined {
  for (const list of lists) if (options[list] !== undefined) return new Audience(options)
  return undefined
}

/** The id of the session that does not get an event because it has published it; 0 where it wants it. */
export function excludedPublisher(publisher: Id, options: PublishOptions): Id | 0 {
  return options.exclude_me === false ? 0 : publisher
}

const lists = ['eligible', 'exclude', 'eligible_authid', 'exclude_authid', 'eligible_authrole', 'exclude_authrole'] as const
