/**
 * Returns an IP address in a form that can be compared: IPv4 in decimal, IPv6 as eight groups without leading zeros, an IPv4 address
 * mapped into IPv6 (`::ffff:10.0.0.1`, as dual-stack servers see it) as IPv4. `undefined` if the text is not an address.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIpv4(text)) return text
  const groups = ipv6Groups(text)
  if (groups === undefined) return undefined
  const isMapped = groups.slice(0, 5).every(group => group === 0) && groups[5] === 0xffff
  if (!isMapped) return groups.map(group => group.toString(16)).join(':')
  return [groups[6]! >> 8, groups[6]! & 0xff, groups[7]! >> 8, groups[7]! & 0xff].join('.')
}

/** Whether the text is an IPv6 address, RFC 4291 §2.2, without brackets and zone. */
export function isIpv6(text: string): boolean {
  return ipv6Groups(text) !== undefined
}

function isIpv4(text: string): boolean {
  if (text.length > 15) return false
  const parts = text.split('.')
  return parts.length === 4 && parts.every(part => /^\d+$/.test(part) && String(Number(part)) === part && Number(part) <= 255)
}

/** Returns the eight groups of an IPv6 address; `undefined` if the text is not one. */
export function ipv6Groups(text: string): number[] | undefined {
  if (text.length > 45) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const left = groupsOf(halves[0]!, halves.length === 1)
  const right = halves.length === 2 ? groupsOf(halves[1]!, true) : []
  if (left === undefined || right === undefined) return undefined
  const missing = 8 - left.length - right.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  return [...left, ...new Array<number>(missing).fill(0), ...right]
}

/** Returns the groups between colons; only the last ones of an address may be written as IPv4. */
function groupsOf(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const last = parts.at(-1)!
  if (mayEndInIpv4 && isIpv4(last)) parts.splice(-1, 1, ...hexOfIpv4(last))
  return parts.every(isGroup) ? parts.map(part => Number.parseInt(part, 16)) : undefined
}

function hexOfIpv4(text: string): string[] {
  const [a, b, c, d] = text.split('.').map(Number) as [number, number, number, number]
  return [((a << 8) | b).toString(16), ((c << 8) | d).toString(16)]
}

function isGroup(text: string): boolean {
  return text.length >= 1 && text.length <= 4 && [...text].every(c => hexDigits.includes(c))
}

const hexDigits = '0123456789abcdefABCDEF'
