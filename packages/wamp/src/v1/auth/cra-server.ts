import { ApiMisuse, type Awaitable, type Clock, ConnectionClosed, shownValue, type Timer } from '@autobahn-ts/websocket/portable'
import { expectNothing, unclear, unlessError } from '../../hooks/hook-value.ts'
import { randomFraction, randomId } from '../../keys/random-id.ts'
import { sameText } from '../../keys/same-text.ts'
import { sign } from '../../keys/sign.ts'
import { RpcError } from '../rpc/rpc-error.ts'
import { AuthError, type AuthPermissions } from './cra.ts'

/** The hooks that decide about a server's users. Each may return a promise. */
export interface CraHooks {
  readonly clientAuthAllowAnonymous: boolean
  getAuthSecret(authKey: string): Awaitable<string | undefined | null>
  getAuthPermissions(authKey: string | null, extra: object): Awaitable<AuthPermissions | undefined | null>
  onAuthenticated(authKey: string | null, permissions: AuthPermissions): Awaitable<void>
}

/** The session in which a client authenticates. */
export interface CraSession {
  readonly sessionId: string | undefined
  readonly closed: Promise<unknown>
  /** The end of the connection; set before `onClose` is called. */
  readonly closeInfo: object | undefined
  readonly clock: Clock
  /** Reports an error of the application. */
  note(error: unknown): void
  /** Called when a client has not authenticated within `clientAuthTimeout`. */
  expired(): void
  /** Returns a function that removes everything registered since. */
  keepRegistrations(): () => void
}

/** The server's side of WAMP-CRA in one session. Each challenge may be answered once, and there is none after a success. */
export class CraServer {
  readonly #hooks: CraHooks
  readonly #session: CraSession
  readonly #beganAt: number
  #stage: Stage = 'new'
  #request: Request | undefined
  #endPause: (() => void) | undefined
  #deadline: Timer | undefined
  #timeout = 0

  constructor(hooks: CraHooks, session: CraSession) {
    this.#hooks = hooks
    this.#session = session
    this.#beganAt = session.clock.now()
    void session.closed.then(() => this.#forget())
  }

  get isAuthenticated(): boolean {
    return this.#stage === 'authenticated'
  }

  get timeout(): number {
    return this.#timeout
  }

  /**
   * Sets the seconds that the client has to authenticate, counted from the beginning of the session; 0 for no limit.
   */
  set timeout(seconds: number) {
    if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= 2_000_000)) {
      throw new ApiMisuse(`clientAuthTimeout must be a number of seconds from 0 to 2,000,000, and not ${shownValue(seconds)}`)
    }
    this.#timeout = seconds
    this.#deadline?.cancel()
    this.#deadline = undefined
    if (seconds === 0 || this.isAuthenticated || this.#isClosed()) return
    const left = seconds * 1000 - (this.#session.clock.now() - this.#beganAt)
    this.#deadline = this.#session.clock.schedule(() => this.#session.expired(), Math.max(0, left))
  }

  /** Answers `authreq`. Returns the challenge as text, `null` for an anonymous client. */
  async request(authKey: unknown = null, extra: unknown = {}): Promise<string | null> {
    this.#refuseAuthenticated()
    if (this.#stage !== 'new') throw new RpcError(AuthError.AlreadyRequested, 'authentication has been requested already')
    if (authKey !== null && typeof authKey !== 'string') throw new RpcError(AuthError.InvalidArgument, 'the key must be a string or null')
    if (authKey !== null && authKey.length > longestKey)
      throw new RpcError(AuthError.InvalidArgument, `the key has more than ${longestKey} letters`)
    if (typeof extra !== 'object' || Array.isArray(extra)) throw new RpcError(AuthError.InvalidArgument, 'extra must be an object')
    if (JSON.stringify(extra).length > longestExtra)
      throw new RpcError(AuthError.InvalidArgument, `extra has more than ${longestExtra} letters`)
    this.#stage = 'asking'
    try {
      const { challenge, ...request } = await this.#requestFor(authKey, extra ?? {})
      this.#request = request
      this.#stage = 'requested'
      return challenge
    } catch (error) {
      this.#stage = 'new'
      throw error
    }
  }

  /** Answers `auth`, once per challenge. Returns the permissions. */
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
      throw new RpcError(AuthError.InvalidSignature, 'the signature does not match the challenge')
    }
    const takeBack = this.#session.keepRegistrations()
    try {
      expectNothing('onAuthenticated', await this.#hooks.onAuthenticated(request.authKey, request.permissions))
    } catch (error) {
      takeBack()
      this.#stage = 'new'
      throw error
    }
    this.#stage = 'authenticated'
    this.#deadline?.cancel()
    return request.permissions.permissions
  }

  /** Makes the challenge for a key, or for `null`, the anonymous client. An empty key is a key like any other. */
  async #requestFor(authKey: string | null, extra: object): Promise<Request & { readonly challenge: string | null }> {
    if (authKey === null && this.#hooks.clientAuthAllowAnonymous !== true) {
      throw new RpcError(AuthError.AnonymousForbidden, 'anonymous clients are not allowed here')
    }
    const secret = authKey === null ? undefined : await this.#secretOf(authKey)
    this.#endIfClosed()
    const permissions = await this.#permissionsOf(authKey, extra)
    if (authKey === null || secret === undefined) return { authKey: null, permissions, challenge: null, signature: undefined }
    const challenge = this.#challenge(authKey, extra, permissions)
    return { authKey, permissions, challenge, signature: sign(challenge, secret) }
  }

  /**
   * Looks up the secret of a key. An empty secret means that there is no such key. So does any value but a string, which is reported: an
   * application that returns `secrets[key]` of a plain object returns a function for the key `constructor`.
   */
  async #secretOf(authKey: string): Promise<string> {
    const secret: unknown = unlessError(await this.#hooks.getAuthSecret(authKey))
    if (typeof secret === 'string' && secret !== '') return secret
    if (secret !== undefined && secret !== null && secret !== '') {
      this.#session.note(unclear('getAuthSecret', secret, 'return the secret as a string, nothing for an unknown key'))
    }
    throw new RpcError(AuthError.NoSuchAuthKey, 'there is no such key')
  }

  /** Looks up the permissions. The client receives an `RpcError` as it is; any other error is reported and replaced by a general one. */
  async #permissionsOf(authKey: string | null, extra: object): Promise<AuthPermissions> {
    try {
      return permissionsIn(await this.#hooks.getAuthPermissions(authKey, extra))
    } catch (error) {
      if (error instanceof RpcError) throw error
      if (!(error instanceof ConnectionClosed && this.#isClosed())) this.#session.note(error)
      throw new RpcError(AuthError.Permissions, 'the permissions could not be looked up', undefined, { cause: error })
    }
  }

  #challenge(authkey: string, extra: object, { permissions, authextra }: AuthPermissions): string {
    const timestamp = `${new Date().toISOString().slice(0, 19)}Z`
    const { sessionId: sessionid } = this.#session
    return JSON.stringify({ authid: randomId(), authkey, timestamp, sessionid, extra, permissions, ...(authextra && { authextra }) })
  }

  /** Delays the answer to a wrong signature, against guessing, by a random time: distributed exponentially, 0.8 s on average. */
  #pause(): Promise<void> {
    const seconds = Math.min(longestPause, -0.8 * Math.log(1 - randomFraction()))
    return new Promise(resolve => {
      const timer = this.#session.clock.schedule(resolve, seconds * 1000)
      this.#endPause = (): void => {
        timer.cancel()
        resolve()
      }
    })
  }

  /** Throws if the connection is closed, so that no hook is called for it. */
  #endIfClosed(): void {
    if (this.#isClosed()) throw new RpcError(AuthError.NotRequested, 'the connection is closed')
  }

  #isClosed(): boolean {
    return this.#session.closeInfo !== undefined
  }

  #refuseAuthenticated(): void {
    if (this.isAuthenticated) throw new RpcError(AuthError.AlreadyAuthenticated, 'this session is authenticated already')
  }

  #forget(): void {
    this.#endPause?.()
    this.#deadline?.cancel()
    this.#request = undefined
  }
}

/** The stage of authentication. `asking`: it waits for a hook of the application, or for the pause after a wrong signature. */
type Stage = 'new' | 'asking' | 'requested' | 'authenticated'

interface Request {
  readonly authKey: string | null
  readonly permissions: AuthPermissions
  /** The right answer to the challenge; `undefined` for an anonymous client. */
  readonly signature: string | undefined
}

/**
 * Reads the value of `getAuthPermissions`. `undefined` and `null` give none. Any other value that is not permissions, such as
 * `false`, may be meant as a refusal, so it throws.
 */
function permissionsIn(given: unknown): AuthPermissions {
  if (given === undefined || given === null) return { permissions: { rpc: [], pubsub: [] } }
  const { permissions, authextra } = Object(unlessError(given)) as { readonly permissions?: unknown; readonly authextra?: unknown }
  const isExtra = authextra === undefined || authextra === null || isPlain(authextra)
  if (isPlain(given) && isPlain(permissions) && isExtra && isListOrNothing(permissions, 'rpc') && isListOrNothing(permissions, 'pubsub')) {
    return given as unknown as AuthPermissions
  }
  throw unclear('getAuthPermissions', given, 'return { permissions: { rpc: […], pubsub: […] } }, or throw to refuse')
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Error)
}

function isListOrNothing(permissions: object, name: 'rpc' | 'pubsub'): boolean {
  const list = (permissions as Partial<Record<typeof name, unknown>>)[name]
  return list === undefined || list === null || Array.isArray(list)
}

/** Whether a signature is right. An anonymous client has none; a client with a key must have one. */
function isRight({ signature: expected }: Request, given: string | null): boolean {
  if (expected === undefined || given === null) return expected === undefined && given === null
  return sameText(given, expected)
}

const longestPause = 8
/** Limits in letters. An unauthenticated client chooses both texts, and the challenge repeats them. */
const longestKey = 2048
const longestExtra = 16_384
