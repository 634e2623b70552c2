import type { Clock } from '@autobahn-ts/websocket/portable'

/** The failures of one address or name. */
interface Failures {
  count: number
  /** The time of the last one, in milliseconds of the clock. */
  last: number
  /** The time before which the next guess is not looked at. */
  notBefore: number
}

/**
 * Slows down who guesses. Wrong answers are counted per address and per name, and guesses of one address, or of one name, wait for each other.
 *
 * Three failures are free; each one after that doubles the time that a guess takes, from a quarter of a second up to ten seconds. After ten
 * minutes without a failure everything is forgotten. An address from which a name has joined is not slowed down for that name by what others
 * guess, so that nobody is locked out. At most 10,000 addresses and names are kept; of more, the one that failed least recently is forgotten.
 */
export class Guesses {
  readonly #clock: Clock
  readonly #failures = new Map<string, Failures>()
  /** Names with the addresses from which they have joined. */
  readonly #known = new Set<string>()

  constructor(clock: Clock) {
    this.#clock = clock
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
