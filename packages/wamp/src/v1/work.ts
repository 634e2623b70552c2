import type { WampFactory } from './wamp-factory.ts'

/** One message in work: a call that has no answer yet, or a publication or subscription behind a handler that is not done. */
export interface Work {
  /** Estimated octets of memory. */
  readonly size: number
}

/** The work of one session. It counts for the session while that is open, and for the factory until it is done. */
export class SessionWork {
  readonly #factory: WampFactory
  readonly #all: FactoryWork
  readonly #open = new Set<Work>()
  #size = 0

  constructor(factory: WampFactory) {
    this.#factory = factory
    this.#all = workOf(factory)
  }

  /** Whether the session is above its limit with `more` octets. A session without work may begin with one message of any size. */
  isAboveLimit(more: number): boolean {
    return this.#size > 0 && this.#size + more > this.#factory.wampOptions.maxSessionWorkSize
  }

  /** Whether all sessions of the factory together are above their limit with `more` octets. */
  isFactoryAboveLimit(more: number): boolean {
    return this.#all.size + more > this.#factory.wampOptions.maxWorkSize
  }

  begin(size: number): Work {
    const work = { size }
    this.#open.add(work)
    this.#size += size
    this.#all.begin(work)
    return work
  }

  end(work: Work): void {
    if (this.#open.delete(work)) this.#size -= work.size
    this.#all.end(work)
  }

  /** The connection is gone. What is still in work keeps its memory, and counts for the factory. */
  closed(): void {
    for (const work of this.#open) this.#all.abandon(work)
    this.#open.clear()
    this.#size = 0
  }
}

/** The work of all sessions of one factory, open and closed. */
class FactoryWork {
  readonly #counted = new WeakSet<Work>()
  /** Promises that never settle are collected with what they hold; their work ends then. */
  readonly #collected = new FinalizationRegistry<number>(size => {
    this.size -= size
  })
  size = 0

  begin(work: Work): void {
    this.#counted.add(work)
    this.size += work.size
  }

  end(work: Work): void {
    if (!this.#counted.delete(work)) return
    this.#collected.unregister(work)
    this.size -= work.size
  }

  abandon(work: Work): void {
    this.#collected.register(work, work.size, work)
  }
}

function workOf(factory: WampFactory): FactoryWork {
  let work = works.get(factory)
  if (work === undefined) {
    work = new FactoryWork()
    works.set(factory, work)
  }
  return work
}

const works = new WeakMap<WampFactory, FactoryWork>()
