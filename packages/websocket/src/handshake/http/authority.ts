import { isIpv6 } from '../../protocol/options/ip-address.ts'
import { isDigits } from './tokens.ts'

/** Host and port, as in a URL, a `Host` header or an origin. */
export interface Authority {
  /** The host in lower case; an IPv6 address without its brackets. */
  readonly host: string
  /** The port; `undefined` where none is written. */
  readonly port: number | undefined
}

/**
 * Parses `host`, `host:port`, `[v6]` or `[v6]:port`; returns `undefined` for anything else.
 *
 * Hosts are ASCII as in DNS: letters, digits, dots, hyphens and underscores (an IDN is in punycode), 255 at most. So credentials, paths or
 * encoded characters cannot be smuggled in. Ports are 0 to 65535.
 */
export function parseAuthority(text: string): Authority | undefined {
  const end = text.startsWith('[') ? text.indexOf(']') + 1 : endOfName(text)
  const host = hostOf(text.slice(0, end))
  if (host === undefined) return undefined
  if (end === text.length || (end === text.length - 1 && text[end] === ':')) return { host, port: undefined }
  const port = portOf(text.slice(end + 1))
  return text[end] === ':' && port !== undefined ? { host, port } : undefined
}

/** Formats host and port, with IPv6 in brackets; the port where there is one. */
export function formatAuthority({ host, port }: Authority): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === undefined ? name : `${name}:${port}`
}

function endOfName(text: string): number {
  const colon = text.indexOf(':')
  return colon < 0 ? text.length : colon
}

function hostOf(text: string): string | undefined {
  if (text.startsWith('[')) return isIpv6(text.slice(1, -1)) ? text.slice(1, -1).toLowerCase() : undefined
  if (text === '' || text.length > 255) return undefined
  for (let i = 0; i < text.length; i++) if (!isHostCode(text.charCodeAt(i))) return undefined
  return text.toLowerCase()
}

function isHostCode(code: number): boolean {
  const isDigit = code >= 0x30 && code <= 0x39
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
  return isDigit || isLetter || code === 0x2d || code === 0x2e || code === 0x5f
}

function portOf(text: string): number | undefined {
  if (!isDigits(text) || text.length > 5) return undefined
  return Number(text) <= 65535 ? Number(text) : undefined
}
