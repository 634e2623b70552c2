/** The owner of several sessions, whose work is counted together: a factory. */
export interface WorkOwner {
  readonly wampOptions: WorkLimits
}

/** Limits of the work in progress, in octets. */
export interface WorkLimits {
  readonly maxSessionWorkSize: number
  readonly maxWorkSize: number
}

/**
 * One message in progress: a call without its answer yet, or a message whose handler, or the handler of one before it, has not finished.
 */
export interface Work {
  /** Estimated octets of memory. */
  readonly size: number
}

/** The work in progress of one session. It counts for the session while that is open, and for the factory until it has finished. */
export class SessionWork {
  readonly #owner: WorkOwner
  readonly #all: FactoryWork
  readonly #open = new Set<Work>()
  #size = 0

  constructor(owner: WorkOwner) {
    this.#owner = owner
    this.#all = workOf(owner)
  }

  /** Whether the session is above its limit with `more` octets. A session without work may begin with one message of any size. */
  isAboveLimit(more: number): boolean {
    return this.#size > 0 && this.#size + more > this.#owner.wampOptions.maxSessionWorkSize
  }

  /** Whether all sessions of the factory together are above their limit with `more` octets. */
  isFactoryAboveLimit(more: number): boolean {
    return this.#all.size + more > this.#owner.wampOptions.maxWorkSize
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

  /** Ends the count of a session whose connection is gone. Work in progress still takes memory, and counts for the factory. */
  closed(): void {
    for (const work of this.#open) this.#all.abandon(work)
    this.#open.clear()
    this.#size = 0
  }
}

/** The work in progress of all sessions of one factory, open and closed. */
class FactoryWork {
  readonly #counted = new WeakSet<Work>()
  /** Ends work whose promise never settles, when the promise and all it refers to are garbage-collected. */
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

function workOf(owner: WorkOwner): FactoryWork {
  let work = works.get(owner)
  if (work === undefined) {
    work = new FactoryWork()
    works.set(owner, work)
  }
  return work
}

const works = new WeakMap<WorkOwner, FactoryWork>()
