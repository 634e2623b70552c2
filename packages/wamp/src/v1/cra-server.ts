import type { Awaitable, Clock, Timer } from '@autobahn-ts/websocket/portable'
import { randomFraction, randomId } from '../keys/random-id.ts'
import { sameText } from '../keys/same-text.ts'
import { sign } from '../keys/sign.ts'
import { AuthError, type AuthPermissions } from './cra.ts'
import { RpcError } from './rpc-error.ts'

/** What a server decides about its users. */
export interface CraHooks {
  readonly clientAuthAllowAnonymous: boolean
  getAuthSecret(authKey: string): Awaitable<string | undefined | null>
  getAuthPermissions(authKey: string | null, extra: object): Awaitable<AuthPermissions | undefined | null>
  onAuthenticated(authKey: string | null, permissions: AuthPermissions): Awaitable<void>
}

/** The server's side of WAMP-CRA in one session: a challenge, one try to answer it, and then it is over for good. */
export class CraServer {
  readonly #hooks: CraHooks
  readonly #session: { readonly sessionId: string | undefined; readonly closed: Promise<unknown> }
  readonly #clock: Clock
  #stage: Stage = 'new'
  #request: Request | undefined
  #delay: Timer | undefined
  #deadline: Timer | undefined

  constructor(hooks: CraHooks, session: { readonly sessionId: string | undefined; readonly closed: Promise<unknown> }, clock: Clock) {
    this.#hooks = hooks
    this.#session = session
    this.#clock = clock
    void session.closed.then(() => this.#forget())
  }

  get isAuthenticated(): boolean {
    return this.#stage === 'authenticated'
  }

  /** Calls back when nobody has authenticated by then; never after the session is gone. */
  expire(seconds: number, expired: () => void): void {
    if (seconds > 0) this.#deadline = this.#clock.schedule(() => (this.isAuthenticated ? undefined : expired()), seconds * 1000)
  }

  /** `authreq`: gives the challenge as text, `null` for an anonymous client. */
  async request(authKey: unknown = null, extra: unknown = {}): Promise<string | null> {
    this.#refuseAuthenticated()
    if (this.#stage !== 'new') throw new RpcError(AuthError.AlreadyRequested, 'authentication has been requested already')
    if (authKey !== null && typeof authKey !== 'string') throw new RpcError(AuthError.InvalidArgument, 'the key must be a string or null')
    if (typeof extra !== 'object' || Array.isArray(extra)) throw new RpcError(AuthError.InvalidArgument, 'extra must be an object')
    this.#stage = 'asking'
    try {
      this.#request = await this.#requestFor(authKey, extra ?? {})
      this.#stage = 'requested'
      return this.#request.challenge
    } catch (error) {
      this.#stage = 'new'
      throw error
    }
  }

  /** `auth`: one try. Gives the permissions. */
  async authenticate(signature: unknown = null): Promise<unknown> {
    this.#refuseAuthenticated()
    const request = this.#request
    if (this.#stage !== 'requested' || request === undefined) throw new RpcError(AuthError.NotRequested, 'no authentication was requested')
    if (signature !== null && typeof signature !== 'string')
      throw new RpcError(AuthError.InvalidArgument, 'the signature must be a string or null')
    this.#request = undefined
    this.#stage = 'asking'
    if (!isRight(request, signature)) {
      await this.#pause()
      this.#stage = 'new'
      throw new RpcError(AuthError.InvalidSignature, 'the signature is not the one of the challenge')
    }
    try {
      await this.#hooks.onAuthenticated(request.authKey, request.permissions)
    } catch (error) {
      this.#stage = 'new'
      throw error
    }
    this.#stage = 'authenticated'
    this.#deadline?.cancel()
    return request.permissions.permissions
  }

  /** An empty key is a key like any other, and no way to be anonymous. */
  async #requestFor(authKey: string | null, extra: object): Promise<Request> {
    if (authKey === null && !this.#hooks.clientAuthAllowAnonymous) {
      throw new RpcError(AuthError.AnonymousForbidden, 'anonymous clients are not allowed here')
    }
    const secret: unknown = authKey === null ? undefined : await this.#hooks.getAuthSecret(authKey)
    if (authKey !== null && !isSecret(secret)) throw new RpcError(AuthError.NoSuchAuthKey, 'there is no such key')
    const permissions = await this.#permissionsOf(authKey, extra)
    if (authKey === null || !isSecret(secret)) return { authKey: null, permissions, challenge: null, signature: undefined }
    const challenge = this.#challenge(authKey, extra, permissions)
    return { authKey, permissions, challenge, signature: sign(challenge, secret) }
  }

  async #permissionsOf(authKey: string | null, extra: object): Promise<AuthPermissions> {
    try {
      return (await this.#hooks.getAuthPermissions(authKey, extra)) ?? { permissions: { rpc: [], pubsub: [] } }
    } catch (error) {
      throw new RpcError(AuthError.Permissions, 'the permissions could not be looked up', undefined, { cause: error })
    }
  }

  #challenge(authkey: string, extra: object, { permissions, authextra }: AuthPermissions): string {
    const timestamp = `${new Date().toISOString().slice(0, 19)}Z`
    const { sessionId: sessionid } = this.#session
    return JSON.stringify({ authid: randomId(), authkey, timestamp, sessionid, extra, permissions, ...(authextra && { authextra }) })
  }

  /** A guesser waits, for a time that tells nothing: distributed exponentially, 0.8 s in the mean. */
  #pause(): Promise<void> {
    const seconds = Math.min(longestPause, -0.8 * Math.log(1 - randomFraction()))
    return new Promise(resolve => {
      this.#delay = this.#clock.schedule(resolve, seconds * 1000)
    })
  }

  #refuseAuthenticated(): void {
    if (this.isAuthenticated) throw new RpcError(AuthError.AlreadyAuthenticated, 'this session is authenticated already')
  }

  #forget(): void {
    this.#delay?.cancel()
    this.#deadline?.cancel()
    this.#request = undefined
  }
}

/** `asking`: a hook of the application, or the pause after a wrong signature, is being waited for. */
type Stage = 'new' | 'asking' | 'requested' | 'authenticated'

interface Request {
  readonly authKey: string | null
  readonly permissions: AuthPermissions
  /** `null` and `undefined` for an anonymous client. */
  readonly challenge: string | null
  readonly signature: string | undefined
}

/**
 * An empty secret is none, and so is what is no text: `secrets[key]` of a plain object gives a function for the key `constructor`, and its text
 * is known to everybody.
 */
function isSecret(given: unknown): given is string {
  return typeof given === 'string' && given !== ''
}

/** An anonymous client signs nothing, and a client with a key cannot get by without. */
function isRight({ signature: expected }: Request, given: string | null): boolean {
  if (expected === undefined || given === null) return expected === undefined && given === null
  return sameText(given, expected)
}

const longestPause = 8
