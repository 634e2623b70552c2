/** Numbers of durations, sorted by their length. */
export class Histogram {
  /** The longest duration of each bucket, in milliseconds, in ascending order. */
  readonly bounds: readonly number[]
  /** The number of durations in each bucket; the last one has those above all bounds. */
  readonly counts: number[]
  /** The sum of all durations, in milliseconds. */
  sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Array(bounds.length + 1).fill(0)
  }

  /** Adds a duration, in milliseconds. */
  add(duration: number): void {
    let n = 0
    while (n < this.bounds.length && duration > this.bounds[n]!) n++
    this.counts[n]!++
    this.sum += duration
  }

  /** The number of durations. */
  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0)
  }
}
