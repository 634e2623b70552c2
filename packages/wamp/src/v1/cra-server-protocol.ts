import { type Awaitable, CloseCode } from '@autobahn-ts/websocket/portable'
import { aside } from './aside.ts'
import { type AuthPermissions, authreqUri, authUri } from './cra.ts'
import { type CraHooks, CraServer } from './cra-server.ts'
import { TopicAccess, WampServerProtocol } from './server-protocol.ts'

/**
 * A server's end whose client may, or has to, authenticate by challenge and response.
 *
 * Authenticating opens nothing by itself: register in `onAuthenticated` what the user may do, and in `onSessionOpen` what everybody may.
 */
export abstract class WampCraServerProtocol extends WampServerProtocol implements CraHooks {
  /** Seconds a client has to authenticate; then `onAuthTimeout`. 0: for ever. */
  clientAuthTimeout = 0
  /** Whether a client may authenticate without a key. */
  clientAuthAllowAnonymous = true
  #cra: CraServer | undefined

  /** The secret of a key, derived already where it is salted; an empty string, and what is no string, says that there is no such key. */
  getAuthSecret(_authKey: string): Awaitable<string | undefined | null> {
    return undefined
  }

  /** What the user may do, `null` being the anonymous one; nothing is no permissions. Throwing refuses the request. */
  getAuthPermissions(_authKey: string | null, _extra: object): Awaitable<AuthPermissions | undefined | null> {
    return undefined
  }

  /** The client is who it says it is. The answer to it waits until this is done. Throwing refuses it; what was registered by then stays. */
  onAuthenticated(_authKey: string | null, _permissions: AuthPermissions): Awaitable<void> {}

  /** Nobody has authenticated within `clientAuthTimeout`. The default fails the connection with 1001. */
  onAuthTimeout(): void {
    this.failConnection(CloseCode.GoingAway, `not authenticated within ${this.clientAuthTimeout} s`)
  }

  get isAuthenticated(): boolean {
    return this.#cra?.isAuthenticated === true
  }

  /** Opens the topics that permissions name. */
  registerForPubSubFromPermissions({ permissions }: AuthPermissions): void {
    for (const { uri, prefix = false, pub = false, sub = false } of permissions.pubsub ?? []) {
      const pubsub = (pub ? TopicAccess.PUBLISH : 0) | (sub ? TopicAccess.SUBSCRIBE : 0)
      if (pubsub !== 0) this.registerForPubSub(uri, { prefixMatch: prefix, pubsub })
    }
  }

  /** Before `onSessionOpen`, so that overriding that without `super` leaves authentication as it is. */
  override onOpen(): Awaitable<void> {
    const cra = new CraServer(this, this, this.factory.clock)
    this.#cra = cra
    this.registerProcedureForRpc(authreqUri, (authKey?: unknown, extra?: unknown) => cra.request(authKey, extra))
    this.registerProcedureForRpc(authUri, (signature?: unknown) => cra.authenticate(signature))
    cra.expire(this.clientAuthTimeout, () => this.#expired())
    return super.onOpen()
  }

  /** It comes from a timer, where nobody else would catch what it throws. Who has not authenticated does not stay because of that. */
  #expired(): void {
    const failed = (): void => this.failConnection(CloseCode.InternalError, 'onAuthTimeout failed')
    aside(this.factory, this, () => this.onAuthTimeout(), failed)
  }
}
