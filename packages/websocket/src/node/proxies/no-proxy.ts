import { BlockList, isIP } from 'node:net'
import { parseAuthority } from '../../handshake/http/authority.ts'

/**
 * Tells whether a server is to be reached without the proxy, by the rules that curl and Go have for the variable `NO_PROXY`.
 *
 * Entries are separated by commas or spaces. `*` stands for every server. `example.com`, `.example.com` and `*.example.com` stand for the
 * name and all names below it; an address stands for itself, and `10.0.0.0/8` for a range. With a port, an entry stands for that port alone.
 * Entries that are none of these match nothing.
 */
export function isWithoutProxy(list: string, { host, port }: { readonly host: string; readonly port: number }): boolean {
  const name = host.endsWith('.') ? host.slice(0, -1) : host
  return list
    .split(/[\s,]+/)
    .filter(entry => entry !== '')
    .some(entry => entry === '*' || isMatch(entry.toLowerCase(), name.toLowerCase(), port))
}

function isMatch(entry: string, host: string, port: number): boolean {
  if (entry.includes('/')) return isInRange(entry, host)
  // an IPv6 address is also written without its brackets
  if (isIP(entry) === 6) return isIP(host) === 6 && isSameAddress(entry, host)
  const authority = parseAuthority(entry.replace(/^\*?\./, ''))
  if (authority === undefined || (authority.port !== undefined && authority.port !== port)) return false
  const wanted = authority.host.endsWith('.') ? authority.host.slice(0, -1) : authority.host
  if (isIP(wanted) > 0) return isIP(host) === isIP(wanted) && isSameAddress(wanted, host)
  return host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`))
}

function isSameAddress(one: string, other: string): boolean {
  return isInSubnet(one, isIP(one) === 6 ? 128 : 32, other)
}

function isInRange(entry: string, host: string): boolean {
  const [address = '', bits = ''] = entry.split('/')
  if (isIP(address) === 0 || isIP(host) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (isIP(address) === 4 ? 32 : 128)) return false
  return isInSubnet(address, Number(bits), host)
}

/** An address with a zone, such as `fe80::1%eth0`, is in no subnet, because it means something else on each machine. */
function isInSubnet(address: string, bits: number, host: string): boolean {
  if (address.includes('%') || host.includes('%')) return false
  const list = new BlockList()
  list.addSubnet(address, bits, familyOf(address))
  return list.check(host, familyOf(host))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
