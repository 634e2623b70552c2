import { isSignal } from '../protocol/checks/values.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { ConnectionClosed } from '../protocol/faults/errors.ts'
import type { OfflineMessages } from '../reconnect/offline-queue.ts'

/** Refuses every message while there is no connection: what an `OfflineQueue` without room does, which a page loads only with the option `queue`. */
export class NoQueue implements OfflineMessages<unknown, { readonly signal?: AbortSignal } | undefined> {
  #end: Error | undefined

  async add(message: unknown, options?: { readonly signal?: AbortSignal }): Promise<void> {
    const signal = options?.signal
    if (!isMessage(message) || !(signal === undefined || isSignal(signal))) {
      // a queue without room finds the words for what is wrong
      const { OfflineQueue } = await import('../reconnect/offline-queue.ts')
      return new OfflineQueue<unknown, typeof options>(0, 0).add(message, options)
    }
    if (this.#end !== undefined) throw this.#end
    signal?.throwIfAborted()
    throw new ConnectionClosed(CloseCode.Abnormal, 'there is no connection, and messages do not wait for one (option queue of reconnect)')
  }

  flush(): void {}

  end(error: Error): void {
    this.#end ??= error
  }
}

function isMessage(message: unknown): boolean {
  return typeof message === 'string' || (typeof message === 'object' && message !== null)
}
