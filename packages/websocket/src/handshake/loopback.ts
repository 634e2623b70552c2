import { canonicalAddress } from '../protocol/options/ip-address.ts'
import type { ServerOptions } from '../protocol/options/options.ts'

/** Whether an address of this machine is one that only this machine reaches: 127.0.0.0/8 and ::1, also mapped into IPv6. */
export function isLoopbackAddress(address: string): boolean {
  const plain = canonicalAddress(address)
  return plain !== undefined && (plain.startsWith('127.') || plain === canonicalAddress('::1'))
}

/**
 * Whether a page may reach a service on loopback under this host, which is in lower case and without port.
 *
 * Allowed are names that always mean this machine (`localhost`, names below it as RFC 6761 §6.3 has them, loopback addresses) and
 * `allowedHosts`. Any other name can belong to a stranger, who lets it resolve to 127.0.0.1 after the page was loaded (DNS rebinding); then
 * the origin of the page and the host of the request are the same, and prove nothing.
 */
export function isLoopbackHostAllowed(host: string, allowedHosts: ServerOptions['allowedHosts']): boolean {
  const name = withoutRootDot(host)
  if (name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name)) return true
  return allowedHosts === '*' || allowedHosts.some(allowed => matches(allowed.toLowerCase(), name))
}

/** `*` matches every host, `*.example.com` every name below example.com, anything else itself. */
function matches(allowed: string, name: string): boolean {
  if (allowed === '*') return true
  if (allowed.startsWith('*.')) return name.endsWith(withoutRootDot(allowed.slice(1))) && name.length >= allowed.length
  const plain = withoutRootDot(allowed.startsWith('[') ? allowed.slice(1, -1) : allowed)
  return (canonicalAddress(plain) ?? plain) === (canonicalAddress(name) ?? name)
}

function withoutRootDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name
}
