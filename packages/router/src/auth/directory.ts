import { randomName, signedText } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import type { KnownUser, Users } from './auth-options.ts'
import type { JoinRequest } from './join-request.ts'
import type { Principal } from './method.ts'
import { checkUser, type UserFields } from './user-fields.ts'

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

  /** `method` is the name of the method, and `fields` are those of its users. Throws `ApiMisuse` for users that are not right. */
  constructor(method: string, users: Users<User>, fields: UserFields<User>) {
    const { users: known, find } = users as { users?: Readonly<Record<string, unknown>>; find?: unknown }
    if ((known === undefined) === (find === undefined))
      throw new ApiMisuse(`${method} needs either users, or find: a function that finds one`)
    if (known !== undefined) {
      this.#find = listed(method, known, fields)
      this.#provider = 'static'
    } else {
      if (typeof find !== 'function') throw new ApiMisuse(`find of ${method} must be a function, and not ${shownValue(find)}`)
      this.#find = found(method, find as FindUser, fields)
      this.#provider = 'dynamic'
    }
  }

  /** Resolves with the user of a name; with `undefined` where there is none. Rejects with `ApiMisuse` where a function has found anything else. */
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

type FindUser = (request: JoinRequest, authid: string) => unknown

/** Returns a function that finds the users of a list, which is checked at once. */
function listed<User extends KnownUser>(method: string, users: Readonly<Record<string, unknown>>, fields: UserFields<User>) {
  if (typeof users !== 'object' || users === null)
    throw new ApiMisuse(`users of ${method} must be an object with users by name, and not ${shownValue(users)}`)
  const known = new Map<string, User>()
  for (const [name, user] of Object.entries(users)) {
    checkUser(user, fields, `the user ${JSON.stringify(name)} of ${method}`, false)
    known.set(name, user)
  }
  return async (_: JoinRequest, authid: string): Promise<User | undefined> => known.get(authid)
}

/** Returns a function that asks the application for a user and checks its answer. Nothing, and null as databases have it, mean that there is none. */
function found<User extends KnownUser>(method: string, find: FindUser, fields: UserFields<User>) {
  return async (request: JoinRequest, authid: string): Promise<User | undefined> => {
    const user = await find(request, authid)
    if (user === undefined || user === null) return undefined
    checkUser(user, fields, `the user that find of ${method} has found`, true)
    return user
  }
}
