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
 * Returns the median of the ratios of two peers, round by round. Other work of the machine changes more slowly than rounds, so it cancels out.
 *
 * @param {readonly number[]} values
 * @param {readonly number[]} others
 * @returns {number}
 */
export function ratio(values, others) {
  return median(values.map((value, round) => value / others[round]))
}

/**
 * Returns the median, round by round, of the share that `values` keep of what `best` gains over `base`: 1 if they are as low as `best`, 0 if they
 * are as high as `base`.
 *
 * @param {readonly number[]} values
 * @param {readonly number[]} best
 * @param {readonly number[]} base
 * @returns {number}
 */
export function keptGain(values, best, base) {
  return median(values.map((value, round) => (base[round] - value) / (base[round] - best[round])))
}

/**
 * Returns the median of the differences of two peers, round by round.
 *
 * @param {readonly number[]} values
 * @param {readonly number[]} others
 * @returns {number}
 */
export function difference(values, others) {
  return median(values.map((value, round) => value - others[round]))
}

/**
 * Returns the quantile of sorted values: the value below which `share` of them lie.
 *
 * @param {readonly number[]} sorted
 * @param {number} share
 * @returns {number}
 */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}
