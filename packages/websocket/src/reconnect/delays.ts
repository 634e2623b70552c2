/** When a client tries again after its connection was lost. */
export interface BackoffOptions {
  /** Seconds before the first try. Default: 1.5. */
  readonly initialDelay?: number
  /** Factor from one delay to the next. Default: 1.5. */
  readonly growth?: number
  /** Seconds that no delay exceeds. Default: 300. */
  readonly maxDelay?: number
  /**
   * The largest random deviation of a delay, up and down, so that clients of one server do not all reconnect at once. Default: 0.1, a
   * tenth.
   */
  readonly jitter?: number
  /** Tries until giving up; `Infinity` never does. Default: 15. */
  readonly maxRetries?: number
}

/** Counts tries, and says how long to wait before the next. It has no timer of its own. */
export class Delays {
  readonly #options: Required<BackoffOptions>
  readonly #random: () => number
  #tries = 0

  /** `options` were checked: see `Backoff`. `random` gives numbers from 0 up to, and without, 1. */
  constructor(options: BackoffOptions, random: () => number) {
    const given = Object.entries(options).filter(([, value]) => value !== undefined)
    this.#options = { ...defaults, ...Object.fromEntries(given) }
    this.#random = random
  }

  /**
   * Returns the milliseconds to wait before the next try; `undefined` when there is to be none.
   *
   * `least`: milliseconds that a server has asked for. Many clients may have got the same answer, so they wait longer, up to the jitter.
   */
  next(least = 0): number | undefined {
    const { initialDelay, growth, maxDelay, jitter, maxRetries } = this.#options
    if (this.#tries >= maxRetries) return undefined
    // 0 times Infinity, after more than a thousand tries, is not a number
    const delay = Math.min(maxDelay, initialDelay * growth ** this.#tries) || 0
    this.#tries++
    const random = this.#random()
    return Math.max(1000 * Math.min(maxDelay, delay * (1 + jitter * (2 * random - 1))), least * (1 + jitter * random))
  }

  /** A try has succeeded: the next loss begins anew. */
  reset(): void {
    this.#tries = 0
  }

  get tries(): number {
    return this.#tries
  }
}

const defaults: Required<BackoffOptions> = { initialDelay: 1.5, growth: 1.5, maxDelay: 300, jitter: 0.1, maxRetries: 15 }
