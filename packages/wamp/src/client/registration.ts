/// <reference lib="esnext.disposable" preserve="true" />

import type { Id, Uri } from '../messages/message.ts'
import type { Kept } from './kept.ts'

/** A procedure that a client has registered. It is registered again in each session, until it is unregistered. */
export interface Registration {
  readonly uri: Uri
  /** Its id in the current session; `undefined` where it is not registered at the moment. */
  readonly id: Id | undefined
  /** Whether it is registered at the moment. */
  readonly isActive: boolean
  /** Takes it back, for good. Calls that come before the router has confirmed it are still answered. */
  unregister(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A subscription of a client. It is made again in each session, until it is unsubscribed. */
export interface Subscription {
  readonly topic: Uri
  /** Its id in the current session; `undefined` where there is none at the moment. */
  readonly id: Id | undefined
  /** Whether events come at the moment. */
  readonly isActive: boolean
  /** Events that were dropped because a sequential handler was busy. */
  readonly dropped: number
  /** Ends it, for good; no handler is called any more. Resolves when the router has confirmed it. */
  unsubscribe(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Several registrations that end together. */
export interface Registrations {
  readonly all: readonly Registration[]
  unregister(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export class KeptRegistration implements Registration {
  readonly #kept: Kept

  constructor(kept: Kept) {
    this.#kept = kept
  }

  get uri(): Uri {
    return this.#kept.uri
  }

  get id(): Id | undefined {
    return this.#kept.id
  }

  get isActive(): boolean {
    return this.#kept.isActive
  }

  unregister(): Promise<void> {
    return this.#kept.end()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#kept.end()
  }
}

export class KeptSubscription implements Subscription {
  readonly #kept: Kept
  readonly #counter: { readonly dropped: number } | undefined

  /** `counter` counts the events that were dropped, where some may be. */
  constructor(kept: Kept, counter: { readonly dropped: number } | undefined) {
    this.#kept = kept
    this.#counter = counter
  }

  get topic(): Uri {
    return this.#kept.uri
  }

  get id(): Id | undefined {
    return this.#kept.id
  }

  get isActive(): boolean {
    return this.#kept.isActive
  }

  get dropped(): number {
    return this.#counter?.dropped ?? 0
  }

  unsubscribe(): Promise<void> {
    return this.#kept.end()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#kept.end()
  }
}

export class RegistrationSet implements Registrations {
  readonly all: readonly Registration[]

  constructor(all: readonly Registration[]) {
    this.all = all
  }

  async unregister(): Promise<void> {
    await Promise.all(this.all.map(registration => registration.unregister()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.unregister()
  }
}
