import type { Address } from '../protocol/life/transport-details.ts'
import { type AddressRange, isInRange, parseAddressRange } from '../protocol/options/address-range.ts'
import { canonicalAddress, isIpv6 } from '../protocol/options/ip-address.ts'
import type { ServerOptions } from '../protocol/options/options.ts'
import { yesOrNo } from './hook-values.ts'
import { parseAuthority } from './http/authority.ts'
import type { HeaderFields } from './http/header-fields.ts'
import { HttpException } from './http/http-exception.ts'
import { trimmed } from './http/tokens.ts'

type Trust = Pick<ServerOptions, 'trustXForwardedFor' | 'trustedProxies'>

/**
 * Returns the client's address as trusted proxies forwarded it; `undefined` where none is trusted.
 *
 * Each proxy adds the address that it saw at the right end of `Forwarded` (RFC 7239) or `X-Forwarded-For`. From there on an entry is
 * trusted as long as it is among the last `trustXForwardedFor`, or the address that added it is a trusted proxy; the first malformed entry
 * ends the search. An address that the proxy hides (`unknown`, `_name`) is returned empty.
 *
 * If both headers are there, they must name the same client. A proxy that writes one of them passes on the other as the client sent it,
 * possibly forged, and the server cannot know which: it throws `HttpException` 400. Errors of a `trustedProxies` function pass through;
 * where that function returns anything but `true` or `false`, throws `ApiMisuse` (decision 11).
 */
export function forwardedPeer(headers: HeaderFields, remoteAddress: string, trust: Trust): Address | undefined {
  const [standardText, legacyText] = [headers.get('forwarded'), headers.get('x-forwarded-for')]
  if (standardText === undefined && legacyText === undefined) return undefined
  const standard = believed(forwardedNodes(standardText), remoteAddress, trust)
  const legacy = believed(legacyNodes(legacyText), remoteAddress, trust)
  if (standard === undefined || legacy === undefined) return standard ?? legacy
  if (sameAddress(standard.address, legacy.address)) return standard
  throw new HttpException(400, 'Forwarded and X-Forwarded-For name different clients')
}

/** Returns the address of the client. `nodes` begin with the rightmost entry; a malformed one is `undefined`. */
function believed(nodes: Iterable<Address | undefined>, remoteAddress: string, trust: Trust): Address | undefined {
  let peer: Address | undefined
  let hops = 0
  for (const node of nodes) {
    const isBelieved = hops++ < trust.trustXForwardedFor || isTrusted(peer, remoteAddress, trust)
    if (node === undefined || !isBelieved) break
    peer = node
  }
  return peer
}

/** Tells whether a connection comes from a proxy in `trustedProxies`. */
export function isTrustedProxy(remoteAddress: string, trust: Trust): boolean {
  return isTrusted(undefined, remoteAddress, trust)
}

/**
 * Tells whether an address belongs to a trusted proxy. A hidden address never does, even where the empty address of a Unix socket is
 * trusted.
 */
function isTrusted(peer: Address | undefined, remoteAddress: string, { trustedProxies }: Trust): boolean {
  if (peer?.address === '') return false
  const address = peer?.address ?? remoteAddress
  if (typeof trustedProxies === 'function') return yesOrNo(trustedProxies(address), 'trustedProxies')
  return trustedProxies.some(proxy => proxy === address || isInRange(address, rangeOf(proxy)))
}

/**
 * Returns the range of addresses that a text stands for. Ranges are kept, because the options of a factory keep their texts. A text that is
 * not a range is the path of a Unix socket, and is compared as text.
 */
function rangeOf(text: string): AddressRange {
  const known = ranges.get(text)
  if (known !== undefined) return known
  const range = parseAddressRange(text) ?? nothing
  if (ranges.size >= mostRanges) ranges.clear()
  ranges.set(text, range)
  return range
}

const ranges = new Map<string, AddressRange>()
const mostRanges = 1000
const nothing: AddressRange = { numbers: [], prefix: 0 }

function sameAddress(a: string, b: string): boolean {
  return (canonicalAddress(a) ?? a) === (canonicalAddress(b) ?? b)
}

function* legacyNodes(value: string | undefined): Iterable<Address | undefined> {
  for (const element of elementsFromRight(value, ',')) yield nodeAddress(trimmed(element))
}

/** Reads `Forwarded`, RFC 7239 §4: each element has pairs, one of them `for`. */
function* forwardedNodes(value: string | undefined): Iterable<Address | undefined> {
  for (const element of elementsFromRight(value, ',')) yield forwardedAddress(element)
}

function forwardedAddress(element: string): Address | undefined {
  let node: string | undefined
  for (const pair of elementsFromRight(element, ';')) {
    const equals = pair.indexOf('=')
    if (trimmed(pair.slice(0, Math.max(equals, 0))).toLowerCase() !== 'for') continue
    if (node !== undefined) return undefined
    node = trimmed(pair.slice(equals + 1))
  }
  return node === undefined ? undefined : nodeAddress(unquoted(node))
}

/**
 * Splits a list at separators outside quotes, from the right, so that the entries which our proxies have added are found whatever the
 * client wrote at the left, such as an open quote. No address contains an escape, so a backslash has no meaning here and makes its entry
 * malformed later.
 */
function* elementsFromRight(value: string | undefined, separator: string): Iterable<string> {
  if (value === undefined) return
  let end = value.length
  let isQuoted = false
  for (let i = value.length - 1; i >= 0; i--) {
    if (value[i] === '"') isQuoted = !isQuoted
    if (isQuoted || value[i] !== separator) continue
    yield value.slice(i + 1, end)
    end = i
  }
  yield value.slice(0, end)
}

function unquoted(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}

/** Reads an entry, RFC 7239 §6: an address with or without port, or a name that hides it. In `X-Forwarded-For` IPv6 may lack brackets. */
function nodeAddress(node: string): Address | undefined {
  if (isIpv6(node)) return { address: node.toLowerCase(), port: undefined }
  const authority = parseAuthority(withoutHiddenPort(node))
  if (authority === undefined) return undefined
  const { host, port } = authority
  if (canonicalAddress(host) !== undefined) return { address: host, port }
  return host === 'unknown' || host.startsWith('_') ? { address: '', port } : undefined
}

function withoutHiddenPort(node: string): string {
  const at = node.indexOf(':_')
  return at < 0 ? node : node.slice(0, at)
}
