/** Round trips in buckets, each two per cent wider than the last: percentiles of any number of them in constant memory. */
export class Latencies {
  readonly #buckets = new Uint32Array(bucketCount)
  #count = 0
  #sum = 0
  #most = 0

  /** Adds a round trip, in milliseconds. */
  add(milliseconds: number): void {
    const bucket = Math.floor(Math.log(Math.max(milliseconds, least) / least) / Math.log(step))
    const at = Math.min(bucketCount - 1, bucket)
    this.#buckets[at] = (this.#buckets[at] ?? 0) + 1
    this.#count++
    this.#sum += milliseconds
    this.#most = Math.max(this.#most, milliseconds)
  }

  get count(): number {
    return this.#count
  }

  /** The longest round trip, in milliseconds; 0 without any. */
  get most(): number {
    return this.#most
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count
  }

  /** Returns the round trip that a share of all is not above, in milliseconds: `percentile(0.99)`. */
  percentile(share: number): number {
    const wanted = Math.ceil(share * this.#count)
    let seen = 0
    for (const [i, count] of this.#buckets.entries()) {
      seen += count
      if (seen >= wanted && count > 0) return Math.min(this.#most, least * step ** (i + 0.5))
    }
    return this.#most
  }
}

/** The lower bound of the first bucket: a microsecond. */
const least = 0.001
const step = 1.02
/** Up to about 1,000 s. */
const bucketCount = 1050
