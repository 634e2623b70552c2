import { BlockList, isIP } from 'node:net'
import { ApiMisuse } from '../../protocol/faults/errors.ts'

/**
 * Makes a test for addresses, for the option `trustedProxies`: `addressIn('10.0.0.0/8', '2001:db8::/32', '127.0.0.1')`.
 *
 * An IPv4 address mapped into IPv6 counts as the IPv4 address. A text that is not an IP address is in no range. Throws `ApiMisuse` for a
 * range that cannot be parsed.
 */
export function addressIn(...ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const range of ranges) add(list, range)
  return address => {
    const plain = plainAddress(address)
    const family = isIP(plain)
    return family !== 0 && list.check(plain, familyName(family))
  }
}

/** Returns the address without its zone; `::ffff:192.0.2.1` becomes `192.0.2.1`. */
export function plainAddress(address: string): string {
  const [unzoned = ''] = address.split('%', 1)
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(unzoned)?.[1] ?? unzoned
}

function add(list: BlockList, range: string): void {
  const [network = '', prefix, ...more] = range.split('/')
  const family = isIP(network)
  if (family === 0 || more.length > 0) throw new ApiMisuse(`${JSON.stringify(range)} is not an IP address or range`)
  if (prefix === undefined) list.addAddress(network, familyName(family))
  else list.addSubnet(network, prefixOf(range, prefix, family), familyName(family))
}

function prefixOf(range: string, prefix: string, family: number): number {
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bitsOf(family))
    throw new ApiMisuse(`${JSON.stringify(range)} must have a prefix of 0 to ${bitsOf(family)}`)
  return Number(prefix)
}

function bitsOf(family: number): number {
  return family === 4 ? 32 : 128
}

function familyName(family: number): 'ipv4' | 'ipv6' {
  return family === 4 ? 'ipv4' : 'ipv6'
}
