import { canonicalAddress, ipv6Groups } from './ip-address.ts'

/** A range of IP addresses, as `parseAddressRange` reads it. */
export interface AddressRange {
  /** The numbers of the address: four octets of IPv4, eight groups of IPv6. */
  readonly numbers: readonly number[]
  /** The leading bits that an address has to share. */
  readonly prefix: number
}

/**
 * Reads an IP address (`10.0.0.1`, `::1`) or a range in CIDR notation (`10.0.0.0/8`, `2001:db8::/32`); `undefined` for anything else.
 *
 * IPv4 mapped into IPv6 counts as IPv4. Bits after the prefix are ignored.
 */
export function parseAddressRange(text: string): AddressRange | undefined {
  const slash = text.indexOf('/')
  const address = slash < 0 ? text : text.slice(0, slash)
  const numbers = numbersOf(address)
  if (numbers === undefined) return undefined
  const written = slash < 0 ? undefined : text.slice(slash + 1)
  if (written === undefined) return { numbers, prefix: bitsOf(numbers) }
  if (!/^(0|[1-9]\d{0,2})$/.test(written)) return undefined
  const isMapped = numbers.length === 4 && address.includes(':')
  const prefix = Number(written) - (isMapped ? 96 : 0)
  return prefix >= 0 && prefix <= bitsOf(numbers) ? { numbers, prefix } : undefined
}

/** Whether the address is in the range; text that is not an IP address never is. */
export function isInRange(address: string, { numbers, prefix }: AddressRange): boolean {
  const given = numbersOf(address)
  if (given === undefined || given.length !== numbers.length) return false
  const width = bitsOf(numbers) / numbers.length
  return numbers.every((number, at) => {
    const bits = Math.min(Math.max(prefix - at * width, 0), width)
    return (number ^ given[at]!) >> (width - bits) === 0
  })
}

function numbersOf(address: string): readonly number[] | undefined {
  const canonical = canonicalAddress(address)
  if (canonical === undefined) return undefined
  return canonical.includes(':') ? ipv6Groups(canonical) : canonical.split('.').map(Number)
}

function bitsOf(numbers: readonly number[]): number {
  return numbers.length === 4 ? 32 : 128
}
