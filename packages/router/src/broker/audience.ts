import type { Id, PublishOptions } from '@autobahn-ts/wamp/protocol'
import type { Party } from '../parties/party.ts'

/**
 * The receivers that a publisher allows: those who stand in every list of `eligible…`, and in none of `exclude…`. Lists are made into sets,
 * because both a list and the subscribers may be long, and every subscriber is looked up.
 */
export class Audience {
  /** Whether it names sessions, whose ids mean nothing once they are over. */
  readonly namesSessions: boolean
  readonly #sessions: Lists<Id>
  readonly #authids: Lists<string>
  readonly #authroles: Lists<string>

  constructor(options: PublishOptions) {
    this.#sessions = new Lists(options.eligible, options.exclude)
    this.#authids = new Lists(options.eligible_authid, options.exclude_authid)
    this.#authroles = new Lists(options.eligible_authrole, options.exclude_authrole)
    this.namesSessions = options.eligible !== undefined || options.exclude !== undefined
  }

  admits({ id, authid, authrole }: Pick<Party, 'id' | 'authid' | 'authrole'>): boolean {
    return this.#sessions.admit(id) && this.admitsIdentity(authid, authrole)
  }

  /** Applies the lists of authids and authroles alone. */
  admitsIdentity(authid: string, authrole: string): boolean {
    return this.#authids.admit(authid) && this.#authroles.admit(authrole)
  }
}

/** The lists of one kind of names. */
class Lists<Name> {
  readonly #eligible: ReadonlySet<Name> | undefined
  readonly #excluded: ReadonlySet<Name> | undefined

  constructor(eligible: readonly Name[] | undefined, excluded: readonly Name[] | undefined) {
    this.#eligible = eligible && new Set(eligible)
    this.#excluded = excluded && new Set(excluded)
  }

  admit(name: Name): boolean {
    return this.#eligible?.has(name) !== false && this.#excluded?.has(name) !== true
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
