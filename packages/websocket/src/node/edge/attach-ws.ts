import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { checkServerFactory, type WebSocketServerFactory } from '../../application/server-factory.ts'
import { yesOrNo } from '../../handshake/hook-values.ts'
import { isRequestPath, parseTarget } from '../../handshake/http/request-target.ts'
import { checkOptions, type OptionChecks, optionCheck } from '../../protocol/checks/check-options.ts'
import { oneOf, upToAnHour } from '../../protocol/checks/option-values.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'
import { type DeadlineClock, deadlineClock, runtimeOn } from '../runtime/node-runtime.ts'
import { type AttachedPlace, Attachment } from './attachment.ts'
import { handleUpgrade, wasTaken } from './handle-upgrade.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'
import { report } from './report.ts'
import { asksForOtherProtocol, type HttpServer, serveWithoutUpgrade } from './serve-without-upgrade.ts'
import { UpgradeGuard } from './upgrade-guard.ts'

/** The upgrade requests of an HTTP server that a factory takes. */
export interface AttachOptions {
  /** The path without its query: equal to the string, matched by the expression, or accepted by the function. Default: any. */
  readonly path?: string | RegExp | ((path: string) => boolean)
  /**
   * The treatment of upgrade requests that no attached factory takes: `refuse` answers 404, `ignore` leaves them to other listeners.
   * Default: `ignore` while the server has other listeners for `upgrade`, else `refuse`, because a client that is never answered hangs.
   * With several attached factories, `refuse` of one of them decides.
   */
  readonly unmatched?: 'ignore' | 'refuse'
  /**
   * The number of seconds after which an upgrade request is answered 404 that was left to other listeners and that none of them has taken:
   * none has written to its socket, and none reads from it. 0 waits for ever. Default: 10. Raise it for a listener that takes longer to
   * decide, for example because it asks a database. With several attached factories the longest time holds.
   */
  readonly unclaimedTimeout?: number
  /** The clock of all deadlines of the connections, and of `close()`, as that of `listenWS`. Default: the time of the global timers. */
  readonly clock?: DeadlineClock
}

/**
 * Takes WebSocket connections from an existing HTTP server, at one of its paths. Several factories may share a server; the first whose path
 * matches takes the request. The server itself need not listen: it may be handed its connections, as workers of a cluster are. A server of
 * `node:http2` needs the option `allowHTTP1`: WebSocket connections come to it by HTTP/1.1.
 *
 * A request that asks for another protocol than WebSocket (`Upgrade: h2c`) goes to the server's `request` listeners, as without `attachWS`.
 * Where there are other listeners for `upgrade`, it is left to them.
 *
 * Throws `ApiMisuse` where an attachment that is not closed has the same path on the server already, because it would take all requests.
 *
 * The limits of the HTTP server apply in addition to the factory's `maxHandshakeSize`.
 *
 * Closing the HTTP server waits for its WebSocket connections but does not close them; `close()` of the attachment does:
 * `server.close(); await attachment.close()`.
 */
export function attachWS(factory: WebSocketServerFactory, server: HttpServer, options: AttachOptions = {}): Attachment {
  checkServerFactory(factory)
  checkServer(server, 'attachWS')
  checkOptions<AttachOptions>(options, attachOptions, 'attachWS')
  const { path = '*' } = options
  return attachAt(typeof path === 'function' ? [] : [[String(path), String(path)]], factory, server, options)
}

/** Attaches a factory whose options were checked. `claims`: see `AttachedPlace`. */
export function attachAt(
  claims: Iterable<readonly [shape: string, path: string]>,
  factory: WebSocketServerFactory,
  server: HttpServer,
  options: AttachOptions,
): Attachment {
  const { path, unmatched, unclaimedTimeout = defaultUnclaimedTimeout, clock } = options
  const attached = attachedTo.get(server) ?? new AttachedFactories(server)
  attachedTo.set(server, attached)
  const place: AttachedPlace = {
    factory,
    runtime: runtimeOn(clock),
    isMatch: matcher(path),
    claims: new Map(claims),
    unmatched,
    unclaimedTimeout,
  }
  const attachment = new Attachment(place, one => attached.remove(one))
  attached.add(attachment)
  return attachment
}

/** The checks of `AttachOptions`, by name. A path that no request can have would refuse every client. */
export const attachOptions: OptionChecks<AttachOptions> = {
  path: optionCheck(
    'a path as requests have it (from its slash on, escaped, without a query), a regular expression, or a function',
    value => value instanceof RegExp || typeof value === 'function' || isRequestPath(value),
  ),
  unmatched: oneOf('ignore', 'refuse'),
  unclaimedTimeout: upToAnHour,
  clock: deadlineClock,
}

/**
 * Throws `ApiMisuse` for anything but a server. For an application of Express or Koa, which is a function or has `listen`, and for one of Fastify, the message says
 * which server to pass.
 */
export function checkServer(server: unknown, where: string): void {
  const isEmitter = typeof server === 'object' && server !== null && 'on' in server && 'listenerCount' in server
  if (isEmitter && !('listen' in server && 'callback' in server)) return
  const isApplication = typeof server === 'function' || isEmitter
  const listening = isApplication ? ': of an application, pass what its listen() returns' : ''
  const hint = (server as { server?: unknown } | undefined)?.server ? ': pass its property server' : listening
  throw new ApiMisuse(`${where} needs a server of node:http, node:https or node:http2, and not ${shownValue(server)}${hint}`)
}

const attachedTo = new WeakMap<object, AttachedFactories>()

/** The attachments of one server. They share their listeners, so that it is known when none of them matches. */
class AttachedFactories {
  readonly #server: DecidingServer
  readonly #attachments = new Set<Attachment>()
  #hasListened = false
  /** The function by which the server decided about upgrades before; `undefined` where its Node has no such option. */
  #decidedBefore: DecidingServer['shouldUpgradeCallback']

  constructor(server: HttpServer) {
    this.#server = server
  }

  add(attachment: Attachment): void {
    this.#checkClaims(attachment.place.claims)
    if (this.#attachments.size === 0) this.#begin()
    this.#attachments.add(attachment)
  }

  remove(attachment: Attachment): void {
    if (this.#attachments.delete(attachment) && this.#attachments.size === 0) this.#end()
  }

  /** Throws `ApiMisuse` for a path of an earlier attachment, which would take all of its requests. */
  #checkClaims(claims: AttachedPlace['claims']): void {
    for (const { place, isClosing } of this.#attachments) {
      const taken = [...claims].find(([shape]) => !isClosing && place.claims.has(shape))
      if (taken === undefined) continue
      const what = taken[0] === '*' ? 'all paths of this server are' : `the path ${taken[1]} of this server is`
      throw new ApiMisuse(`${what} attached already: give all routes in one call, or close the earlier attachment first`)
    }
  }

  #begin(): void {
    const server = this.#server
    this.#hasListened = server.listening
    this.#decidedBefore = server.shouldUpgradeCallback
    if (this.#decidedBefore !== undefined) server.shouldUpgradeCallback = this.#shouldUpgrade
    server.on('listening', this.#onListening)
    server.prependListener('upgrade', this.#onUpgradeFirst)
    server.on('upgrade', this.#onUpgrade)
  }

  #end(): void {
    const server = this.#server
    if (server.shouldUpgradeCallback === this.#shouldUpgrade) server.shouldUpgradeCallback = this.#decidedBefore
    server.off('listening', this.#onListening)
    server.off('upgrade', this.#onUpgradeFirst)
    server.off('upgrade', this.#onUpgrade)
  }

  readonly #onListening = (): void => {
    this.#hasListened = true
  }

  /**
   * Decides about an upgrade for newer versions of Node, which ask first. A request that is not upgraded stays an HTTP connection, with
   * keep-alive and request bodies.
   */
  readonly #shouldUpgrade = (request: IncomingMessage): boolean => {
    const decidesAlone = this.#attachments.size > 0 && !this.#hasOtherListeners
    return this.#decidedBefore!.call(this.#server, request) && !(decidesAlone && asksForOtherProtocol(request))
  }

  /** Called before all other listeners, which may cause an error on the request's socket or answer it. */
  readonly #onUpgradeFirst = (_: IncomingMessage, socket: Duplex): void => {
    UpgradeGuard.of(socket)
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const server = this.#server
    if (this.#hasListened && !server.listening) return refuseUpgrade(socket, 503, 'Service Unavailable')
    const guard = UpgradeGuard.of(socket)
    if (asksForOtherProtocol(request)) {
      if (this.#hasOtherListeners) guard.endUnlessClaimed(this.#unclaimedTimeout)
      else serveWithoutUpgrade(server, request, socket)
      return
    }
    if (this.#wasMatched(request, socket, head)) return guard.release()
    if (!this.#refusesUnmatched) guard.endUnlessClaimed(this.#unclaimedTimeout)
    else if (!wasTaken(socket)) refuseUpgrade(socket, 404, 'Not Found')
  }

  /** Never throws, because that would end the process. */
  #wasMatched(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const path = pathOf(request)
    for (const attachment of this.#attachments) {
      const { place, connections } = attachment
      try {
        if (!place.isMatch(path)) continue
        if (attachment.isClosing) refuseUpgrade(socket, 503, 'Service Unavailable')
        else connections.add(socket, handleUpgrade(place.factory, request, socket, head, { runtime: place.runtime }))
      } catch (error) {
        failed(place.factory, socket, error)
      }
      return true
    }
    return false
  }

  get #refusesUnmatched(): boolean {
    const wishes = [...this.#attachments].map(({ place }) => place.unmatched)
    if (wishes.includes('refuse')) return true
    return !wishes.includes('ignore') && !this.#hasOtherListeners
  }

  get #hasOtherListeners(): boolean {
    return this.#server.listeners('upgrade').some(listener => listener !== this.#onUpgrade && listener !== this.#onUpgradeFirst)
  }

  /** The time in seconds; 0 means for ever. */
  get #unclaimedTimeout(): number {
    const timeouts = [...this.#attachments].map(({ place }) => place.unclaimedTimeout)
    return timeouts.includes(0) ? 0 : Math.max(...timeouts)
  }
}

/** A server of a newer Node; documented as an option of its constructor. */
type DecidingServer = HttpServer & { shouldUpgradeCallback?: ((request: IncomingMessage) => boolean) | undefined }

/** Answers 500 where the path function threw, unless another listener has taken the request before. */
function failed(factory: WebSocketServerFactory, socket: Duplex, error: unknown): void {
  report(factory, error)
  if (!wasTaken(socket)) refuseUpgrade(socket, 500, 'Internal Server Error')
}

function matcher(path: AttachOptions['path']): (path: string) => boolean {
  if (path === undefined) return () => true
  if (typeof path === 'function') return given => yesOrNo(path(given), 'the path function of attachWS')
  // Unlike `test`, `search` does not depend on where a global expression stopped before.
  return typeof path === 'string' ? given => given === path : given => given.search(path) >= 0
}

/**
 * Returns the path of a request's target, also of one in absolute form. A malformed target matches what it matches, and the handshake
 * refuses it.
 */
function pathOf({ url = '' }: IncomingMessage): string {
  const [path = ''] = resourceOf(url).split('?', 1)
  return path
}

function resourceOf(target: string): string {
  try {
    return parseTarget(target).resource
  } catch {
    return target
  }
}

/** The default of `timeout`, in seconds. */
const defaultUnclaimedTimeout = 10
