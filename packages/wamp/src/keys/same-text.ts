/**
 * Whether two texts are equal, in a time that depends only on their lengths. Use it for signatures, so that the time does not reveal a
 * match.
 */
export function sameText(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i % (other.length || 1))
  return difference === 0
}
