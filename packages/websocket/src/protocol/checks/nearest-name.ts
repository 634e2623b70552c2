/**
 * Finds the name that a misspelled one was probably meant to be; `undefined` where none is near.
 *
 * A name is near where at most two letters differ, in any case of letters. After those, a name of four letters or more is near that the misspelled one
 * contains (`protocol` in `subprotocol`).
 */
export function nearestName(misspelled: string, names: readonly string[]): string | undefined {
  const given = misspelled.toLowerCase()
  let nearest: string | undefined
  let distance = Math.min(3, given.length)
  for (const name of names) {
    const far = editDistance(given, name.toLowerCase())
    if (far < distance) [nearest, distance] = [name, far]
  }
  return nearest ?? names.find(name => name.length >= 4 && given.includes(name.toLowerCase()))
}

/** Counts the letters to insert, delete or replace. */
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
