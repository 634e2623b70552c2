import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiMisuse, checkOptions, optionCheck } from '@autobahn-ts/websocket'
import { Front, type HttpServer } from './front.ts'
import { type Acceptor, checkFrontOptions, type FrontOptions, frontSettings } from './listen-options.ts'
import type { ListenerCloseOptions } from './router-listener.ts'

/** A router on an existing HTTP server. Made by `attach`. */
export class RouterAttachment {
  readonly #front: Front
  readonly #detach: () => void

  /** Made by `listen` and `attach`. */
  constructor(front: Front, detach: () => void) {
    this.#front = front
    this.#detach = detach
  }

  /** The number of WebSocket connections and long-poll transports that came through this attachment. */
  get connectionCount(): number {
    return this.#front.size
  }

  /**
   * Takes no more requests, and closes the transports. Resolves when they are gone; the HTTP server goes on. Rejects with `ApiMisuse` for
   * options that do not exist or have wrong values.
   */
  async close(options: ListenerCloseOptions = {}): Promise<void> {
    checkOptions<ListenerCloseOptions>(options, { timeout: seconds }, 'close')
    await this.#front.close(options.timeout ?? 5)
    this.#detach()
  }
}

/**
 * Serves a router on an existing HTTP server, of `node:http` or `node:https`: WebSocket at the option `path`, and long-poll below the option
 * `longPoll`. All other requests go to the server's own listeners, as before. RawSocket needs a port of its own: see `listen`.
 *
 * Throws `ApiMisuse` for options that cannot be used, and for anything but a server.
 */
export function attach(router: Acceptor, server: HttpServer, options: FrontOptions = {}): RouterAttachment {
  if (typeof router?.accept !== 'function') throw new ApiMisuse('attach needs a router, which has the method accept')
  checkFrontOptions(options)
  const front = new Front(router, frontSettings(options), server)
  const fronts = frontsOf(server)
  fronts.add(front)
  return new RouterAttachment(front, () => void fronts.delete(front))
}

/** Returns the attachments of a server. The first one has the server offer them its requests: a listener could not keep one from the others. */
function frontsOf(server: HttpServer): Set<Front> {
  const known = attached.get(server)
  if (known !== undefined) return known
  const fronts = new Set<Front>()
  attached.set(server, fronts)
  const emitter: Emitting = server
  const { emit } = emitter
  emitter.emit = function (this: unknown, event, ...args) {
    if (event === 'request') for (const front of fronts) if (front.take(args[0] as IncomingMessage, args[1] as ServerResponse)) return true
    return emit.call(this, event, ...args)
  }
  return fronts
}

const attached = new WeakMap<HttpServer, Set<Front>>()

interface Emitting {
  // biome-ignore lint/suspicious/noExplicitAny: the arguments of events
  emit: (this: any, event: any, ...args: any[]) => boolean
}

const seconds = optionCheck('a number of seconds from 0', value => typeof value === 'number' && value >= 0)
