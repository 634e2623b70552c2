import type { Payload, PublishOptions, Uri } from '@autobahn-ts/wamp/protocol'

/** An event that is published when its session ends. */
export interface Testament {
  readonly topic: Uri
  readonly payload: Payload | undefined
  readonly options: PublishOptions
}

/** When testaments are published: when the transport is gone, or when the session can no longer come back. Without resumption both are one moment. */
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

  /** Takes out those of the lost transport. */
  takeDetached(): Testament[] {
    const detached = this.#detached
    this.#detached = []
    return detached
  }

  /** Takes all of them out, in the order in which they are published. */
  takeAll(): Testament[] {
    const all = [...this.takeDetached(), ...this.#destroyed]
    this.#destroyed = []
    return all
  }
}
