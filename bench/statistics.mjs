export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Of two that took turns, round by round: what else the machine does changes slower than that. */
export function ratio(values, others) {
  return median(values.map((value, round) => value / others[round]))
}
