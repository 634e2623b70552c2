import type { Payload, PublishOptions, Uri } from '@autobahn-ts/wamp/protocol'

/** An event that is published when its session ends. */
export interface Testament {
  readonly topic: Uri
  readonly payload: Payload | undefined
  readonly options: PublishOptions
}

/** When testaments are published: when the transport is gone, or when the session can no longer come back. Here both are one moment. */
export type TestamentScope = 'detached' | 'destroyed'

/** The testaments of one session. */
export class Testaments {
  #detached: Testament[] = []
  #destroyed: Testament[] = []

  get size(): number {
    return this.#detached.length + this.#destroyed.length
  }

  add(scope: TestamentScope, testament: Testament): void {
    if (scope === 'detached') this.#detached.push(testament)
    else this.#destroyed.push(testament)
  }

  flush(scope: TestamentScope): void {
    if (scope === 'detached') this.#detached = []
    else this.#destroyed = []
  }

  /** Takes all of them out, in the order in which they are published. */
  takeAll(): Testament[] {
    const all = [...this.#detached, ...this.#destroyed]
    this.#detached = []
    this.#destroyed = []
    return all
  }
}
