import { cryptosignSignature, type Dict, hex, isCryptosignSignature, octetsOfHex, publicKeyOf } from '@autobahn-ts/wamp/protocol'
import type { AuthOptions, CryptosignUser, KnownUser } from './auth-options.ts'
import type { AuthWorld } from './auth-world.ts'
import { Directory } from './directory.ts'
import type { JoinRequest } from './join-request.ts'
import type { FirstStep, Method, Principal } from './method.ts'
import { cryptosignFields } from './user-fields.ts'

/** Challenges a client to sign octets with its private key, on this connection alone where both sides know its channel id. */
export class CryptosignMethod implements Method {
  readonly name = 'cryptosign'
  readonly #directory: Directory<CryptosignUser>
  readonly #world: AuthWorld
  /** The names of users by public key, for clients that do not give a name. */
  readonly #names = new Map<string, string>()
  readonly #routerKey: string | undefined

  constructor(options: NonNullable<AuthOptions['cryptosign']>, world: AuthWorld) {
    this.#directory = new Directory(this.name, options, cryptosignFields, ({ authorizedKeys }) => authorizedKeys.map(credentialOfKey))
    this.#world = world
    this.#routerKey = options.routerKey
    if (!('users' in options)) return
    for (const [name, user] of Object.entries(options.users))
      for (const key of user.authorizedKeys) this.#names.set(key.toLowerCase(), name)
  }

  get users(): Directory<KnownUser> {
    return this.#directory
  }

  knows(principal: Principal): boolean {
    return this.#directory.knows(principal)
  }

  async begin(request: JoinRequest): Promise<FirstStep> {
    const { authextra } = request
    const pubkey = authextra.pubkey
    if (typeof pubkey !== 'string' || octetsOfHex(pubkey)?.length !== 32) return undefined
    const key = pubkey.toLowerCase()
    const authid = request.authid ?? this.#names.get(key) ?? key
    const user = await this.#directory.find(request, authid)
    const channelId = authextra.channel_binding === 'tls-exporter' ? request.transport.channelId?.() : undefined
    const challenge = hex(this.#world.randomOctets(32))
    const extra: Dict = {
      challenge,
      ...(channelId && { channel_binding: 'tls-exporter' }),
      ...this.#ownProof(authextra.challenge, channelId),
    }
    return { extra, answered: signature => this.#answered(authid, user, key, challenge, channelId, signature) }
  }

  #answered(
    authid: string,
    user: CryptosignUser | undefined,
    key: string,
    challenge: string,
    channelId: Uint8Array | undefined,
    signature: string,
  ): Principal | undefined {
    const isRight = isCryptosignSignature(key, challenge, signature, channelId)
    const isKnown = user?.authorizedKeys.some(each => each.toLowerCase() === key) === true
    return isRight && isKnown ? this.#directory.principal(authid, user, { credential: credentialOfKey(key) }) : undefined
  }

  /** Signs what a client has sent to be sure of the router; nothing where the router has no key, or the client sent something else. */
  #ownProof(theirs: unknown, channelId: Uint8Array | undefined): Dict {
    if (this.#routerKey === undefined || typeof theirs !== 'string' || octetsOfHex(theirs)?.length !== 32) return {}
    return { pubkey: publicKeyOf(this.#routerKey), signature: cryptosignSignature(this.#routerKey, theirs, channelId) }
  }
}

/** One key is enough to join, so that others may come and go. */
function credentialOfKey(key: string): object {
  return { authorizedKey: key.toLowerCase() }
}
