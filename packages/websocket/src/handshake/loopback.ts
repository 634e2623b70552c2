import { canonicalAddress } from '../protocol/options/ip-address.ts'
import type { ServerOptions } from '../protocol/options/options.ts'

/** Tells whether only this machine can reach an address: 127.0.0.0/8 and ::1, also mapped into IPv6. */
export function isLoopbackAddress(address: string): boolean {
  const plain = canonicalAddress(address)
  return plain !== undefined && (plain.startsWith('127.') || plain === canonicalAddress('::1'))
}

/**
 * Tells whether a page may reach a service on loopback under this host, which is in lower case and without port.
 *
 * Names that always mean this machine (`localhost`, names below it according to RFC 6761 §6.3, loopback addresses) and `allowedHosts` are
 * allowed. Any other name can belong to an attacker, who makes it resolve to 127.0.0.1 after the page was loaded (DNS rebinding); then the
 * origin of the page equals the host of the request and proves nothing.
 */
export function isLoopbackHostAllowed(host: string, allowedHosts: ServerOptions['allowedHosts']): boolean {
  const name = withoutRootDot(host)
  if (name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name)) return true
  return allowedHosts === '*' || allowedHosts.some(allowed => matches(allowed.toLowerCase(), name))
}

/** Tells whether a host is allowed: `*` matches every host, `*.example.com` every name below example.com, any other text itself. */
function matches(allowed: string, name: string): boolean {
  if (allowed === '*') return true
  if (allowed.startsWith('*.')) return name.endsWith(withoutRootDot(allowed.slice(1))) && name.length >= allowed.length
  const plain = withoutRootDot(allowed.startsWith('[') ? allowed.slice(1, -1) : allowed)
  return (canonicalAddress(plain) ?? plain) === (canonicalAddress(name) ?? name)
}

function withoutRootDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name
}
