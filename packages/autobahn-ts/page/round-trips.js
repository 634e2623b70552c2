/** The latest round-trip times, in milliseconds, oldest first. */
export class RoundTrips {
  /** The number of all times that were added. */
  count = 0
  latest = []
  #most

  constructor(most = 60) {
    this.#most = most
  }

  add(time) {
    this.count++
    this.latest.push(time)
    if (this.latest.length > this.#most) this.latest.shift()
  }

  get last() {
    return this.latest.at(-1)
  }

  get median() {
    const sorted = [...this.latest].sort((a, b) => a - b)
    const middle = sorted.length >> 1
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  get slowest() {
    return Math.max(...this.latest)
  }

  /** The top of the chart, chosen so that one slow round trip does not flatten the others. */
  get scale() {
    return Math.min(this.slowest * 1.2, this.median * 4)
  }
}
