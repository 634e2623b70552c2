/**
 * Makes the end of an error about a name that does not exist: suggests the name that was probably meant, at most two letters away, or else
 * lists all names.
 */
export function unknownName(name: string, known: readonly string[], where: string): string {
  const far = known.map(one => [letters(name.toLowerCase(), one.toLowerCase()), one] as const).sort((a, b) => a[0] - b[0])
  const [nearest] = far
  const isNear = nearest !== undefined && nearest[0] <= 2 && nearest[0] < name.length
  return `${name} of ${where}; ${isNear ? `did you mean ${nearest[1]}?` : `known names are ${known.join(', ')}`}`
}

/** Counts the letters to insert, delete or replace (the edit distance). */
function letters(one: string, other: string): number {
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
