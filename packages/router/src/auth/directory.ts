import { randomName, signedText } from '@autobahn-ts/wamp/protocol'
import type { KnownUser, Users } from './auth-options.ts'
import type { JoinRequest } from './join-request.ts'
import type { Principal } from './method.ts'

/** The facts by which the users of principals were known: secrets, so they are kept apart from the principals, which applications see. */
const credentials = new WeakMap<Principal, object>()

/**
 * Returns a hash of the facts by which a user was known: it is another one when they have changed. `undefined` for a principal that was not made of a
 * user.
 */
export function credentialOf(principal: Principal): string | undefined {
  const credential = credentials.get(principal)
  if (credential === undefined) return undefined
  key ??= randomName()
  return signedText(JSON.stringify(credential), key)
}

/** Another one in each process, so that a hash tells nothing about a secret. */
let key: string | undefined

/** Finds the users of one method. */
export class Directory<User extends KnownUser> {
  readonly #find: (request: JoinRequest, authid: string) => Promise<User | undefined>
  readonly #provider: string

  constructor(users: Users<User>) {
    if ('users' in users) {
      const known = new Map(Object.entries(users.users))
      this.#find = async (_, authid) => known.get(authid)
      this.#provider = 'static'
    } else {
      this.#find = async (request, authid) => users.find(request, authid)
      this.#provider = 'dynamic'
    }
  }

  /** Resolves with the user of a name; with `undefined` where there is none. */
  find(request: JoinRequest, authid: string): Promise<User | undefined> {
    return this.#find(request, authid)
  }

  principal(authid: string, user: KnownUser): Principal {
    const { role, extra, ...credential } = user
    const known = { authid, authrole: role, authprovider: this.#provider }
    const principal = extra === undefined ? known : { ...known, authextra: extra }
    credentials.set(principal, credential)
    return principal
  }

  get provider(): string {
    return this.#provider
  }
}
