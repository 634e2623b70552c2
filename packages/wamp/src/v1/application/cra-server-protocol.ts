import { type Awaitable, CloseCode } from '@autobahn-ts/websocket/portable'
import { notify } from '../../hooks/notify.ts'
import { type AuthPermissions, authreqUri, authUri } from '../auth/cra.ts'
import { type CraHooks, CraServer, type CraSession } from '../auth/cra-server.ts'
import { grantsIn } from '../auth/grants.ts'
import type { Uri } from '../messages/message.ts'
import { keepRegistrations, setRights } from './internal-keys.ts'
import { WampServerProtocol } from './server-protocol.ts'
import { engine } from './wamp-protocol.ts'

/**
 * A server's end whose client may, or has to, authenticate by challenge and response.
 *
 * Authenticating opens nothing by itself: register in `onAuthenticated` what the user may do, and in `onSessionOpen` what everybody may.
 */
export abstract class WampCraServerProtocol extends WampServerProtocol implements CraHooks {
  /**
   * Seconds that a client has to authenticate from the beginning of its session, then `onAuthTimeout` is called; 0 for ever.
   *
   * May be set in the class, and at any time until the client has authenticated: in `onSessionOpen` for instance. It holds at once.
   */
  clientAuthTimeout = 0
  /** Whether a client may authenticate without a key. Anything but `true` forbids it. Read when a client asks. */
  clientAuthAllowAnonymous = true
  #cra: CraServer | undefined
  /** Topics that `registerForPubSubFromPermissions` has registered. */
  #granted: ReadonlySet<Uri> = new Set()

  /**
   * Returns the secret of a key, already derived where it is salted; nothing or an empty string for an unknown key.
   *
   * An `RpcError` that is thrown or returned is what the client is told. Of any other error the client hears only that there was one; the
   * error goes to `factory.onError`. The same holds for the hooks below.
   */
  getAuthSecret(_authKey: string): Awaitable<string | undefined | null> {
    return undefined
  }

  /**
   * Returns what the user may do, `null` being the anonymous user; nothing is no permissions. Throwing refuses the request, and so does a
   * value that has no `permissions`.
   */
  getAuthPermissions(_authKey: string | null, _extra: object): Awaitable<AuthPermissions | undefined | null> {
    return undefined
  }

  /**
   * The client is who it says it is. The answer to it waits until this is done.
   *
   * Throwing refuses the client, and so does returning anything; what was registered meanwhile is taken back.
   */
  onAuthenticated(_authKey: string | null, _permissions: AuthPermissions): Awaitable<void> {}

  /** The client has not authenticated within `clientAuthTimeout`. The default fails the connection with 1001. */
  onAuthTimeout(): void {
    this.failConnection(CloseCode.GoingAway, `not authenticated within ${this.clientAuthTimeout} s`)
  }

  get isAuthenticated(): boolean {
    return this.#cra?.isAuthenticated === true
  }

  /**
   * Opens the topics that permissions name, each as far as the flags `pub`, `sub` and `prefix` are `true`; a topic without `pub` and `sub`
   * is refused, also where a shorter prefix allows it. Called again, it takes back topics that are not named any more.
   */
  registerForPubSubFromPermissions({ permissions }: AuthPermissions): void {
    const granted = grantsIn(permissions.pubsub ?? [])
    for (const uri of this.#granted) if (!granted.has(uri)) this.unregisterForPubSub(uri)
    this.#granted = new Set(granted.keys())
    for (const grant of granted.values()) this[setRights](grant)
  }

  /** Before `onSessionOpen`, so that overriding that without `super` leaves authentication as it is. */
  override onOpen(): Awaitable<void> {
    const cra = new CraServer(this, this.#session())
    this.#cra = cra
    this.registerProcedureForRpc(authreqUri, (authKey?: unknown, extra?: unknown) => cra.request(authKey, extra))
    this.registerProcedureForRpc(authUri, (signature?: unknown) => cra.authenticate(signature))
    // the text of an error is not for strangers
    this[engine].hidesErrors = (): boolean => !this.isAuthenticated
    this.#watchTimeout(cra)
    return super.onOpen()
  }

  /** Has an assignment to `clientAuthTimeout` hold at once, wherever it stands. An accessor of the class could not be overridden as a field. */
  #watchTimeout(cra: CraServer): void {
    cra.timeout = this.clientAuthTimeout
    Object.defineProperty(this, 'clientAuthTimeout', {
      get: () => cra.timeout,
      set: seconds => {
        cra.timeout = seconds
      },
    })
  }

  #session(): CraSession {
    const protocol = this
    return {
      get sessionId() {
        return protocol.sessionId
      },
      get closeInfo() {
        return protocol.closeInfo
      },
      closed: this.closed,
      clock: this.factory.clock,
      note: error => this.factory.noteError(error, this),
      expired: () => this.#expired(),
      keepRegistrations: () => this[keepRegistrations](),
    }
  }

  /** Called by a timer, where nothing else catches errors. A client that has not authenticated does not stay because the hook failed. */
  #expired(): void {
    const failed = (): void => this.failConnection(CloseCode.InternalError, 'onAuthTimeout failed')
    notify(this.factory, this, () => this.onAuthTimeout(), failed)
  }
}
