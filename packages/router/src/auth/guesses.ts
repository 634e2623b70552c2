import type { Clock } from '@autobahn-ts/websocket/portable'

/** A guess that may be checked now. It holds its places until it has an outcome. */
export interface Guess {
  /** The time that the check has to be put off, in milliseconds. */
  readonly wait: number
  /** Counts a wrong answer. */
  failed(): void
  /** Remembers that the name has proved itself from the address. */
  succeeded(): void
  /** Gives the places back without an outcome: nothing was checked. Does nothing after an outcome. */
  abandoned(): void
}

/** The failures of one address or name. */
interface Failures {
  count: number
  /** The time of the last one, in milliseconds of the clock. */
  last: number
  /** The time before which the next guess is not looked at. */
  notBefore: number
}

/**
 * Slows down clients that guess secrets. Wrong answers are counted per address and per name, and guesses of one address, or of one name, wait for each other.
 *
 * Three failures are free; each one after that doubles the time that a guess takes, from a quarter of a second up to ten seconds. A guess whose
 * outcome is open takes one of the free places, so many guesses at once are not freer than one after the other: three of one name, and 16 of one
 * address, are checked at the same time, less those that
 * have failed before, and the others wait. After ten minutes without a failure everything is forgotten. An address from which a name has joined is not slowed down for that name by what others
 * guess, so that nobody is locked out. At most 10,000 addresses and names are kept; of more, the one that failed least recently is forgotten.
 */
export class Guesses {
  readonly #clock: Clock
  readonly #failures = new Map<string, Failures>()
  /** Names with the addresses from which they have joined. */
  readonly #known = new Set<string>()
  readonly #open = new Map<string, OpenGuesses>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Waits until the outcome of other guesses allows for one more. Resolves with `undefined` where so many are waiting that it is not looked at.
   * `isOver` tells, when its turn has come, whether nobody waits for it any more.
   */
  async begin(address: string, name: string, isOver: () => boolean): Promise<Guess | undefined> {
    const keys = this.#keys(address, name)
    let before: string | undefined
    for (let full = this.#fullOf(keys); full !== undefined; full = this.#fullOf(keys)) {
      // the place that this one was offered is of no use to it while another is missing
      if (before !== undefined && before !== full) this.#offer(before)
      const { waiting } = this.#openOf(full)
      if (waiting.length >= mostWaiting) return undefined
      await new Promise<void>(resolve => waiting.push(resolve))
      before = full
      if (isOver()) break
    }
    const wait = isOver() ? undefined : this.take(address, name)
    if (wait === undefined) {
      if (before !== undefined) this.#offer(before)
      return undefined
    }
    for (const key of keys) this.#openOf(key).count++
    return this.#guess(address, name, keys, wait)
  }

  /**
   * Takes the next place for a guess. Returns how long it has to wait, in milliseconds; `undefined` where so many are waiting that it is not
   * looked at.
   */
  take(address: string, name: string): number | undefined {
    const now = this.#clock.now()
    const slowed = this.#keys(address, name)
      .map(key => this.#failuresOf(key))
      .filter(failures => failures !== undefined)
    const start = Math.max(now, ...slowed.map(failures => failures.notBefore))
    if (start - now > longest) return undefined
    const delay = Math.max(0, ...slowed.map(failures => delayAfter(failures.count)))
    for (const failures of slowed) failures.notBefore = start + delay
    return start + delay - now
  }

  /** Counts a wrong answer. */
  failed(address: string, name: string): void {
    const now = this.#clock.now()
    for (const key of [addressKey(address), nameKey(name)]) {
      const failures = this.#failuresOf(key) ?? { count: 0, last: now, notBefore: now }
      failures.count++
      failures.last = now
      // to the end: the first key is the one that failed least recently
      this.#failures.delete(key)
      this.#failures.set(key, failures)
    }
    dropOldest(this.#failures)
  }

  /** Remembers that a name has proved itself from an address. */
  succeeded(address: string, name: string): void {
    const key = knownKey(address, name)
    this.#known.delete(key)
    this.#known.add(key)
    dropOldest(this.#known)
  }

  /** The number of addresses and names that are slowed down or have failed. */
  get size(): number {
    return this.#failures.size
  }

  /** The number of addresses and names with guesses whose outcome is open. */
  get openSize(): number {
    return this.#open.size
  }

  #guess(address: string, name: string, keys: readonly string[], wait: number): Guess {
    let isOpen = true
    const settle = (outcome?: () => void): void => {
      if (!isOpen) return
      isOpen = false
      outcome?.()
      for (const key of keys) this.#close(key)
    }
    return {
      wait,
      failed: () => settle(() => this.failed(address, name)),
      succeeded: () => settle(() => this.succeeded(address, name)),
      abandoned: () => settle(),
    }
  }

  /** Returns the first key that has as many open guesses as it may. */
  #fullOf(keys: readonly string[]): string | undefined {
    return keys.find(key => {
      const failures = this.#failuresOf(key)?.count ?? 0
      return (this.#open.get(key)?.count ?? 0) >= Math.max(1, placesOf(key) - failures)
    })
  }

  #openOf(key: string): OpenGuesses {
    const open = this.#open.get(key) ?? { count: 0, waiting: [] }
    this.#open.set(key, open)
    return open
  }

  #close(key: string): void {
    this.#openOf(key).count--
    this.#offer(key)
  }

  /** Offers a free place to the guess that has waited longest. */
  #offer(key: string): void {
    const { count, waiting } = this.#openOf(key)
    const next = waiting.shift()
    if (next !== undefined) next()
    else if (count === 0) this.#open.delete(key)
  }

  #keys(address: string, name: string): string[] {
    return this.#known.has(knownKey(address, name)) ? [addressKey(address)] : [addressKey(address), nameKey(name)]
  }

  #failuresOf(key: string): Failures | undefined {
    const failures = this.#failures.get(key)
    if (failures === undefined || this.#clock.now() - failures.last < memory) return failures
    this.#failures.delete(key)
    return undefined
  }
}

/** The guesses of one address or name whose outcome is open, and those that wait for it. */
interface OpenGuesses {
  count: number
  readonly waiting: (() => void)[]
}

/** The number of guesses that are checked at the same time. An address may be that of a whole office, whose programs all return at once. */
function placesOf(key: string): number {
  return key.startsWith('address ') ? 16 : free
}

function delayAfter(failures: number): number {
  return failures < free ? 0 : Math.min(longest, first * 2 ** (failures - free))
}

function dropOldest(kept: Map<string, unknown> | Set<string>): void {
  for (const key of kept.keys()) {
    if (kept.size <= mostKeys) return
    kept.delete(key)
  }
}

const addressKey = (address: string) => `address ${address}`
const nameKey = (name: string) => `name ${name}`
const knownKey = (address: string, name: string) => `${address} ${name}`

const free = 3
/** Milliseconds, as below. */
const first = 250
const longest = 10_000
const memory = 600_000
const mostKeys = 10_000
const mostWaiting = 1000
