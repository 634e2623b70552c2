/** Returns a hash of a part of a text. A peer cannot foresee it, and so cannot choose keys with equal hashes. */
export function hashOfText(text: string, start: number, end: number): number {
  let hash = 0
  for (let at = start; at < end; at++) hash = mix(hash, text.charCodeAt(at))
  return hash
}

/** Returns a hash of a part of octets, with the properties of `hashOfText`. */
export function hashOfOctets(octets: Uint8Array, start: number, end: number): number {
  let hash = 0
  for (let at = start; at < end; at++) hash = mix(hash, octets[at]!)
  return hash
}

/** Mixes a number into a hash. */
export function mix(hash: number, value: number): number {
  const product = Math.imul(hash ^ value, multiplier)
  return product ^ (product >>> 15)
}

/** An odd multiplier, different in each process. */
const multiplier: number = /* @__PURE__ */ oddMultiplier()

function oddMultiplier(): number {
  return (Math.random() * 2 ** 31) | 0x1000_0001
}
