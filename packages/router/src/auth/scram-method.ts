import {
  base64,
  type Dict,
  isScramProof,
  type ScramCredential,
  type ScramDialect,
  type ScramFacts,
  saslPrepared,
  scramCredentialOfNobody,
  scramVerifier,
} from '@autobahn-ts/wamp/protocol'
import type { AuthOptions, KnownUser, ScramUser } from './auth-options.ts'
import type { AuthWorld } from './auth-world.ts'
import { Directory } from './directory.ts'
import type { JoinRequest } from './join-request.ts'
import type { FirstStep, Method, Principal } from './method.ts'
import { scramFields } from './user-fields.ts'

type ScramOptions = NonNullable<AuthOptions['scram']>

/** Challenges a client to prove that it has a password, with a proof that cannot be used again, and proves the router to the client. */
export class ScramMethod implements Method {
  readonly name: ScramDialect
  readonly #directory: Directory<ScramUser>
  readonly #world: AuthWorld
  readonly #secret: Uint8Array
  readonly #nobody: Pick<ScramUser, 'kdf' | 'iterations' | 'memory'>

  constructor(dialect: ScramDialect, options: ScramOptions, world: AuthWorld) {
    this.name = dialect
    this.#directory = new Directory('scram', options, scramFields)
    this.#world = world
    this.#secret = world.randomOctets(32)
    this.#nobody = nobodyOf(options)
  }

  get users(): Directory<KnownUser> {
    return this.#directory
  }

  knows(principal: Principal): boolean {
    return this.#directory.knows(principal)
  }

  async begin(request: JoinRequest): Promise<FirstStep> {
    const { authid, authextra } = request
    const clientNonce = authextra.nonce
    if (authid === undefined || typeof clientNonce !== 'string' || clientNonce === '' || clientNonce.length > longestNonce) return undefined
    const user = await this.#directory.find(request, authid)
    const credential: ScramCredential = user ?? scramCredentialOfNobody(this.#secret, authid, this.#nobody)
    const { kdf, salt, iterations, memory } = credential
    const serverNonce = clientNonce + base64(this.#world.randomOctets(16))
    const extra: Dict = { nonce: serverNonce, salt, kdf: this.#kdfName(kdf), iterations, ...(memory !== undefined && { memory }) }
    const facts: ScramFacts = {
      dialect: this.name,
      authid: await prepared(authid),
      clientNonce,
      serverNonce,
      salt,
      iterations,
    }
    return { extra, answered: (proof, answer) => this.#answered(authid, user, credential, facts, proof, answer) }
  }

  #answered(
    authid: string,
    user: ScramUser | undefined,
    credential: ScramCredential,
    facts: ScramFacts,
    proof: string,
    answer: Dict,
  ): Principal | undefined {
    const nonce = answer.nonce
    // AutobahnPython does not repeat the nonce
    const isOurs = nonce === facts.serverNonce || (nonce === undefined && this.name === 'scram')
    const isRight = isScramProof(credential, facts, proof)
    if (!isOurs || !isRight || user === undefined) return undefined
    const verifier = scramVerifier(credential, facts)
    const own = this.name === 'scram' ? { scram_server_signature: verifier } : { verifier }
    return this.#directory.principal(authid, user, { authextra: own })
  }

  /** AutobahnPython and Crossbar have another name for it. */
  #kdfName(kdf: ScramUser['kdf']): string {
    return kdf === 'argon2id13' && this.name === 'scram' ? 'argon2id-13' : kdf
  }
}

/** The parameters of the challenge for names that do not exist: given, or else those of the first user. */
function nobodyOf(options: ScramOptions): Pick<ScramUser, 'kdf' | 'iterations' | 'memory'> {
  const first = 'users' in options ? Object.values(options.users)[0] : undefined
  const { kdf = first?.kdf ?? 'pbkdf2', iterations = first?.iterations ?? 4096, memory = first?.memory } = options.nobody ?? {}
  return memory === undefined ? { kdf, iterations } : { kdf, iterations, memory }
}

/** A name that SASLprep forbids stays as it is: no user has it. */
async function prepared(authid: string): Promise<string> {
  try {
    return await saslPrepared(authid)
  } catch {
    return authid
  }
}

const longestNonce = 256
