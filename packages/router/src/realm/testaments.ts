import type { Payload, PublishOptions, Uri } from '@autobahn-ts/wamp/protocol'
import { keptSize } from '../broker/kept-size.ts'

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
  /** Octets of both, as an estimate. */
  #octets = 0

  get size(): number {
    return this.#detached.length + this.#destroyed.length
  }

  get octets(): number {
    return this.#octets
  }

  add(scope: TestamentScope, testament: Testament): void {
    this.#octets += keptSize(testament)
    if (scope === 'detached') this.#detached.push(testament)
    else this.#destroyed.push(testament)
  }

  flush(scope: TestamentScope): void {
    if (scope === 'detached') this.takeDetached()
    else this.#destroyed = this.#forgotten(this.#destroyed)
  }

  /** Takes out those of the lost transport. */
  takeDetached(): Testament[] {
    const detached = this.#detached
    this.#detached = this.#forgotten(detached)
    return detached
  }

  /** Takes all of them out, in the order in which they are published. */
  takeAll(): Testament[] {
    const all = [...this.takeDetached(), ...this.#destroyed]
    this.#destroyed = this.#forgotten(this.#destroyed)
    return all
  }

  #forgotten(testaments: readonly Testament[]): Testament[] {
    for (const testament of testaments) this.#octets -= keptSize(testament)
    return []
  }
}
