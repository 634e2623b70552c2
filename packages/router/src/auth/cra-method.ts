import { type CraKey, craChallenge, type Dict, isCraSignature, signedText } from '@autobahn-ts/wamp/protocol'
import type { AuthOptions, CraUser, KnownUser } from './auth-options.ts'
import type { AuthWorld } from './auth-world.ts'
import { Directory } from './directory.ts'
import type { JoinRequest } from './join-request.ts'
import type { FirstStep, Method, Principal } from './method.ts'
import { craFields } from './user-fields.ts'

/** Challenges a client to sign a text with its secret: WAMP-CRA. */
export class CraMethod implements Method {
  readonly name = 'wampcra'
  readonly #directory: Directory<CraUser>
  readonly #world: AuthWorld
  /** Makes the keys of names that do not exist: nobody knows it. */
  readonly #secret: string
  /** The derivation of those keys; `undefined` where secrets have no salt. */
  readonly #nobody: { readonly iterations?: number; readonly keylen?: number } | undefined

  constructor(options: NonNullable<AuthOptions['wampcra']>, world: AuthWorld) {
    this.#directory = new Directory(this.name, options, craFields)
    this.#world = world
    this.#secret = world.randomText()
    const first = 'users' in options ? Object.values(options.users).find(user => user.salt !== undefined) : undefined
    this.#nobody = options.nobody ?? first
  }

  get users(): Directory<KnownUser> {
    return this.#directory
  }

  knows(principal: Principal): boolean {
    return this.#directory.knows(principal)
  }

  async begin(request: JoinRequest): Promise<FirstStep> {
    const { authid, session } = request
    if (authid === undefined) return undefined
    const user = await this.#directory.find(request, authid)
    const key = user === undefined ? this.#keyOfNobody(authid) : keyOf(user)
    const extra = craChallenge(
      {
        authid,
        // a role that only the right user is told would tell that the name exists
        authrole: request.authrole ?? '',
        authmethod: this.name,
        authprovider: this.#directory.provider,
        nonce: this.#world.randomText(),
        timestamp: this.#world.timestamp(),
        session,
      },
      key,
    )
    return { extra, answered: signature => this.#answered(authid, user, key, extra, signature) }
  }

  /** Its salt is the same each time, and other for each name, so that it does not tell that there is nobody. */
  #keyOfNobody(authid: string): CraKey {
    const key = signedText(authid, this.#secret)
    if (this.#nobody === undefined) return { key }
    const { iterations = 1000, keylen = 32 } = this.#nobody
    return { key, salt: signedText(key, this.#secret).slice(0, 16), iterations, keylen }
  }

  #answered(authid: string, user: CraUser | undefined, key: CraKey, extra: Dict, signature: string): Principal | undefined {
    const isRight = isCraSignature(key, String(extra.challenge), signature)
    return isRight && user !== undefined ? this.#directory.principal(authid, user) : undefined
  }
}

function keyOf(user: CraUser): CraKey {
  const { secret, salt, iterations = 1000, keylen = 32 } = user
  return salt === undefined ? { key: secret } : { key: secret, salt, iterations, keylen }
}
