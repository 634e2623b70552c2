/**
 * @param {readonly number[]} values
 * @returns {number}
 */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * The median of the ratios of two that took turns, round by round: what else the machine does changes slower than that.
 *
 * @param {readonly number[]} values
 * @param {readonly number[]} others
 * @returns {number}
 */
export function ratio(values, others) {
  return median(values.map((value, round) => value / others[round]))
}

/**
 * The same for differences.
 *
 * @param {readonly number[]} values
 * @param {readonly number[]} others
 * @returns {number}
 */
export function difference(values, others) {
  return median(values.map((value, round) => value - others[round]))
}

/**
 * The value below which so large a share of all is.
 *
 * @param {readonly number[]} sorted
 * @param {number} share
 * @returns {number}
 */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}
