import { type Dict, randomName, signedText } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import type { KnownUser, Users } from './auth-options.ts'
import type { JoinRequest } from './join-request.ts'
import type { Principal } from './method.ts'
import { checkUser, type UserFields } from './user-fields.ts'

/** The user of a principal, and the credential that it has proved: apart from the principals, which applications see. */
const proofs = new WeakMap<Principal, Proof>()

interface Proof {
  readonly user: KnownUser
  /** `undefined` for the whole credential of the user. */
  readonly part: object | undefined
}

/**
 * Returns a hash of the credential by which a user was known: it is another one when that has changed. `undefined` for a principal that was not made of a
 * user.
 */
export function credentialOf(principal: Principal): string | undefined {
  const proof = proofs.get(principal)
  return proof === undefined ? undefined : hashOf(proof.part ?? wholeCredential(proof.user))
}

/** Facts about one joining. */
export interface Joined {
  /** Facts for WELCOME.Details.authextra, beside those of the user. */
  readonly authextra?: Dict
  /** The one of the user's credentials that was proved. Default: the whole. */
  readonly credential?: object
}

/** Finds the users of one method. */
export class Directory<User extends KnownUser> {
  readonly #find: (request: JoinRequest, authid: string) => Promise<User | undefined>
  readonly #provider: string
  /** The users by name; `undefined` where a function finds them. */
  readonly #known: ReadonlyMap<string, User> | undefined
  readonly #credentials: CredentialsOf<User>['of']

  /**
   * `method` is the name of the method, and `fields` are those of its users; `credentials` returns the credentials of a user, each of which is enough to join,
   * and by default one: everything but the role and the facts for WELCOME. Throws `ApiMisuse` for users that are not right.
   */
  constructor(
    method: string,
    users: Users<User>,
    fields: UserFields<User>,
    credentials: CredentialsOf<User>['of'] = user => [wholeCredential(user)],
  ) {
    const { users: known, find } = users as { users?: Readonly<Record<string, unknown>>; find?: unknown }
    if ((known === undefined) === (find === undefined))
      throw new ApiMisuse(`${method} needs either users, or find: a function that finds one`)
    this.#credentials = credentials
    if (known !== undefined) {
      const listed = checkedUsers(method, known, fields)
      this.#known = listed
      this.#find = async (_, authid) => listed.get(authid)
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

  /** Makes the principal of a user that has proved a credential. */
  principal(authid: string, user: User, { authextra, credential }: Joined = {}): Principal {
    const known = { authid, authrole: user.role, authprovider: this.#provider }
    const extra = authextra === undefined ? user.extra : { ...user.extra, ...authextra }
    const principal = extra === undefined ? known : { ...known, authextra: extra }
    proofs.set(principal, { user, part: credential })
    return principal
  }

  /** Makes the principal of a user that has proved a credential before; `undefined` where the user does not have that any more. `hash` is that of `credentialOf`. */
  principalAgain(authid: string, user: User, hash: string | undefined): Principal | undefined {
    const credential = this.#credentials(user).find(each => hashOf(each) === hash)
    return credential === undefined ? undefined : this.principal(authid, user, { credential })
  }

  /** Tells whether a principal is that of a user who still has the same role and the credential that was proved. Always true where a function finds users. */
  knows(principal: Principal): boolean {
    if (this.#known === undefined) return true
    const user = this.#known.get(principal.authid)
    const proof = proofs.get(principal)
    if (user === undefined || proof === undefined || user.role !== principal.authrole) return false
    if (user === proof.user) return true
    const proved = textOf(proof.part ?? wholeCredential(proof.user))
    return this.#credentials(user).some(each => textOf(each) === proved)
  }

  get provider(): string {
    return this.#provider
  }
}

/** The type of a function that returns the credentials of a user; a method, so that a directory of some users is one of users. */
interface CredentialsOf<User> {
  of(user: User): readonly object[]
}

type FindUser = (request: JoinRequest, authid: string) => unknown

function checkedUsers<User extends KnownUser>(
  method: string,
  users: Readonly<Record<string, unknown>>,
  fields: UserFields<User>,
): ReadonlyMap<string, User> {
  if (typeof users !== 'object' || users === null)
    throw new ApiMisuse(`users of ${method} must be an object with users by name, and not ${shownValue(users)}`)
  const known = new Map<string, User>()
  for (const [name, user] of Object.entries(users)) {
    checkUser(user, fields, `the user ${JSON.stringify(name)} of ${method}`, false)
    known.set(name, user)
  }
  return known
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

function wholeCredential({ role, extra, ...credential }: KnownUser): object {
  return credential
}

/** Returns a text that is the same for credentials whose facts stand in another order. */
function textOf(credential: object): string {
  return JSON.stringify(Object.entries(credential).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function hashOf(credential: object): string {
  key ??= randomName()
  return signedText(textOf(credential), key)
}

/** Another one in each process, so that a hash tells nothing about a secret. */
let key: string | undefined
