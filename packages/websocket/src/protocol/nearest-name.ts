/** The name that a misspelled one was most likely meant to be: at most two letters away, whatever their case. */
export function nearestName(misspelled: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined
  let distance = 3
  for (const name of names) {
    const far = editDistance(misspelled.toLowerCase(), name.toLowerCase())
    if (far < distance) [nearest, distance] = [name, far]
  }
  return nearest
}

/** Letters that are to be put in, left out or replaced. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[other.length]!
}
