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
 * The server's end of a connection whose client may, or must, authenticate by challenge and response.
 *
 * Authentication alone allows nothing: register in `onAuthenticated` the procedures and topics of the user, and in `onSessionOpen` those
 * for everyone.
 */
export abstract class WampCraServerProtocol extends WampServerProtocol implements CraHooks {
  /**
   * Seconds that a client has to authenticate, from the beginning of its session until `onAuthTimeout` is called; 0 for no limit.
   *
   * May be set in the class, and at any time until the client has authenticated, for instance in `onSessionOpen`. A new value applies at
   * once.
   */
  clientAuthTimeout = 0
  /** Whether a client may authenticate without a key. Only `true` allows it. Read when a client asks. */
  clientAuthAllowAnonymous = true
  #cra: CraServer | undefined
  /** Topics that `registerForPubSubFromPermissions` has registered. */
  #granted: ReadonlySet<Uri> = new Set()

  /**
   * Returns the secret of a key, or the derived key if the secret is salted; `undefined`, `null` or an empty string for an unknown key.
   *
   * The client receives an `RpcError` that is thrown or returned. For any other error it receives a general error, and the error goes to
   * `factory.onError`. This applies to the hooks below too.
   */
  getAuthSecret(_authKey: string): Awaitable<string | undefined | null> {
    return undefined
  }

  /**
   * Returns the permissions of a user, whose key is `null` if anonymous. `undefined` and `null` give none. Throwing refuses the
   * request, and so does a value without `permissions`.
   */
  getAuthPermissions(_authKey: string | null, _extra: object): Awaitable<AuthPermissions | undefined | null> {
    return undefined
  }

  /**
   * Called when the client has proved that it knows the secret. The answer to the client waits until this is done.
   *
   * Throwing refuses the client, and so does returning a value; registrations made meanwhile are removed.
   */
  onAuthenticated(_authKey: string | null, _permissions: AuthPermissions): Awaitable<void> {}

  /** Called when the client has not authenticated within `clientAuthTimeout`. The default fails the connection with 1001. */
  onAuthTimeout(): void {
    this.failConnection(CloseCode.GoingAway, `not authenticated within ${this.clientAuthTimeout} s`)
  }

  get isAuthenticated(): boolean {
    return this.#cra?.isAuthenticated === true
  }

  /**
   * Registers the topics in permissions, with the rights that their flags `pub`, `sub` and `prefix` grant if they are `true`. A topic
   * without `pub` and `sub` is refused, also if a shorter prefix allows it. A further call removes topics that its permissions do not
   * contain.
   */
  registerForPubSubFromPermissions({ permissions }: AuthPermissions): void {
    const granted = grantsIn(permissions.pubsub ?? [])
    for (const uri of this.#granted) if (!granted.has(uri)) this.unregisterForPubSub(uri)
    this.#granted = new Set(granted.keys())
    for (const grant of granted.values()) this[setRights](grant)
  }

  /** Sets authentication up, before `onSessionOpen`, so that an override of that without `super` does not break it. */
  override onOpen(): Awaitable<void> {
    const cra = new CraServer(this, this.#session())
    this.#cra = cra
    this.registerProcedureForRpc(authreqUri, (authKey?: unknown, extra?: unknown) => cra.request(authKey, extra))
    this.registerProcedureForRpc(authUri, (signature?: unknown) => cra.authenticate(signature))
    // clients that are not authenticated do not receive the texts of errors
    this[engine].hidesErrors = (): boolean => !this.isAuthenticated
    this.#watchTimeout(cra)
    return super.onOpen()
  }

  /**
   * Makes an assignment to `clientAuthTimeout` apply at once. An accessor of the class could not be overridden by a field.
   */
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

  /** Calls `onAuthTimeout`. If the hook fails, the connection fails too, so that a client does not stay unauthenticated. */
  #expired(): void {
    const failed = (): void => this.failConnection(CloseCode.InternalError, 'onAuthTimeout failed')
    notify(this.factory, this, () => this.onAuthTimeout(), failed)
  }
}
