import type { IncomingMessage, Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { checkServerFactory, type WebSocketServerFactory } from '../classes/server-factory.ts'
import { yesOrNo } from '../handshake/hook-values.ts'
import { handleUpgrade, wasTaken } from './handle-upgrade.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'
import { report } from './report.ts'

/** Which upgrade requests of an HTTP server belong to a factory. */
export interface AttachOptions {
  /** The path without its query: equal to the string, matched by the expression, or accepted by the function. Default: any. */
  readonly path?: string | RegExp | ((path: string) => boolean)
  /**
   * What becomes of upgrade requests that no attached factory takes: `refuse` answers 404, `ignore` leaves them to other listeners.
   * Default: `ignore` while the server has other listeners for `upgrade`, else `refuse`, because a client that nobody answers hangs.
   * With several attached factories, one that refuses decides.
   */
  readonly unmatched?: 'ignore' | 'refuse'
}

export interface Attachment {
  /** Takes no more requests; open connections stay. */
  detach(): void
}

/**
 * Takes WebSocket connections from an HTTP server that exists, at a path of it. Several factories may share a server; the first whose
 * path fits takes the request.
 *
 * Closing the HTTP server waits for its WebSocket connections but does not close them: close those of `factory.connections` first.
 */
export function attachWS(factory: WebSocketServerFactory, server: Server | SecureServer, options: AttachOptions = {}): Attachment {
  checkServerFactory(factory)
  const attached = attachedTo.get(server) ?? new AttachedFactories(server)
  attachedTo.set(server, attached)
  const entry: Entry = { factory, isMatch: matcher(options.path), unmatched: options.unmatched }
  attached.add(entry)
  return { detach: () => attached.remove(entry) }
}

interface Entry {
  readonly factory: WebSocketServerFactory
  readonly unmatched: AttachOptions['unmatched']
  isMatch(path: string): boolean
}

const attachedTo = new WeakMap<object, AttachedFactories>()

/** One listener for all factories of a server, so that only it knows when none of them matches. */
class AttachedFactories {
  readonly #server: Server | SecureServer
  readonly #entries = new Set<Entry>()

  constructor(server: Server | SecureServer) {
    this.#server = server
  }

  add(entry: Entry): void {
    if (this.#entries.size === 0) this.#server.on('upgrade', this.#onUpgrade)
    this.#entries.add(entry)
  }

  remove(entry: Entry): void {
    this.#entries.delete(entry)
    if (this.#entries.size === 0) this.#server.off('upgrade', this.#onUpgrade)
  }

  /** Nothing may be thrown here: it would end the process. */
  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (!this.#server.listening) return refuseUpgrade(socket, 503, 'Service Unavailable')
    const path = pathOf(request)
    for (const entry of this.#entries) {
      try {
        if (!entry.isMatch(path)) continue
        handleUpgrade(entry.factory, request, socket, head)
      } catch (error) {
        failed(entry.factory, socket, error)
      }
      return
    }
    if (this.#refusesUnmatched && !wasTaken(socket)) refuseUpgrade(socket, 404, 'Not Found')
  }

  get #refusesUnmatched(): boolean {
    const wishes = [...this.#entries].map(entry => entry.unmatched)
    if (wishes.includes('refuse')) return true
    return !wishes.includes('ignore') && this.#server.listenerCount('upgrade') === 1
  }
}

/** The function for the path threw, or another listener took the request before: then it stays there. */
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

function pathOf(request: IncomingMessage): string {
  const [path = ''] = (request.url ?? '').split('?', 1)
  return path
}
