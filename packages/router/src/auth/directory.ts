import type { KnownUser, Users } from './auth-options.ts'
import type { JoinRequest } from './join-request.ts'
import type { Principal } from './method.ts'

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

  principal(authid: string, { role, extra }: KnownUser): Principal {
    const principal = { authid, authrole: role, authprovider: this.#provider }
    return extra === undefined ? principal : { ...principal, authextra: extra }
  }

  get provider(): string {
    return this.#provider
  }
}
