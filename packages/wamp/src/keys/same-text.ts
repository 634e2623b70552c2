/** Whether two texts are the same, in a time that depends on their lengths alone: for signatures, where time would tell how much is right. */
export function sameText(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i % (other.length || 1))
  return difference === 0
}
