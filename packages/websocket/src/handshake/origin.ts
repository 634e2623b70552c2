import type { ServerOptions } from '../protocol/options/options.ts'
import { type Authority, formatAuthority, parseAuthority } from './http/authority.ts'

/**
 * Tells whether a page may connect, RFC 6455 §10.2. `host` is the host and port of the request.
 *
 * - No `Origin`: not a browser, which is allowed, because such a client could send any origin.
 * - `'*'`, as the option or in its list: any page, including `null` and malformed origins.
 * - `null` and `file:` depend on `allowNullOrigin` alone, because they do not name a host.
 * - `'same-origin'` compares host and port. Where this server speaks TLS itself, the page must be https. Where it does not, a proxy in
 *   front may: the scheme is then the page's, and a `Host` without port means the default port of that scheme.
 * - An origin is compared in normal form: lower case, default port removed, IDN as the punycode that browsers send.
 * - A pattern must match as a whole; `*` stands for any run of characters without `/`, `@` and `:`. A port `:*` is any port, including the
 *   default.
 * - A regular expression must match the whole normalised origin too.
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: Authority,
  isSecure: boolean,
  options: Pick<ServerOptions, 'allowedOrigins' | 'allowNullOrigin'>,
): boolean {
  const { allowedOrigins, allowNullOrigin } = options
  if (origin === undefined || allowedOrigins === '*' || allowedOrigins.includes('*')) return true
  if (origin === 'null' || origin.toLowerCase().startsWith('file:')) return allowNullOrigin
  const page = parseOrigin(origin)
  return page !== undefined && allowedOrigins.some(allowed => allows(allowed, page, host, isSecure))
}

interface Origin extends Authority {
  readonly scheme: string
}

function allows(allowed: string | RegExp, page: Origin, host: Authority, isSecure: boolean): boolean {
  if (allowed === 'same-origin') return isSameOrigin(page, host, isSecure)
  if (typeof allowed !== 'string') return matchesWhole(allowed, formatOrigin(page))
  if (!allowed.includes('*')) return sameText(allowed, page)
  const pattern = allowed.toLowerCase()
  return matches(pattern, formatOrigin(page)) || matches(pattern, withPort(page))
}

function isSameOrigin(page: Origin, own: Authority, isSecure: boolean): boolean {
  const schemePort = defaultPorts.get(page.scheme)
  if (schemePort === undefined) return false
  if (isSecure && page.scheme !== 'https') return false
  return page.host === own.host && (page.port ?? schemePort) === (own.port ?? schemePort)
}

function sameText(allowed: string, page: Origin): boolean {
  const origin = parseOrigin(allowed)
  return origin !== undefined && formatOrigin(origin) === formatOrigin(page)
}

/** Reads an origin, RFC 6454 §6.2: scheme, host and port, and nothing else. */
function parseOrigin(text: string): Origin | undefined {
  const end = text.indexOf('://')
  const scheme = text.slice(0, Math.max(end, 0)).toLowerCase()
  const authority = isScheme(scheme) ? parseAuthority(text.slice(end + 3)) : undefined
  return authority && { scheme, ...authority }
}

/** Tells whether a text can be a scheme, RFC 3986 §3.1. */
function isScheme(text: string): boolean {
  for (const c of text) if (!schemeCharacters.includes(c)) return false
  return text !== ''
}

function formatOrigin({ scheme, host, port }: Origin): string {
  return `${scheme}://${formatAuthority({ host, port: port === defaultPorts.get(scheme) ? undefined : port })}`
}

function withPort({ scheme, host, port }: Origin): string {
  return `${scheme}://${formatAuthority({ host, port: port ?? defaultPorts.get(scheme) })}`
}

/** Tells whether a regular expression matches the whole origin. Flags that remember a position or split into lines are removed. */
function matchesWhole(expression: RegExp, text: string): boolean {
  const flags = [...expression.flags].filter(flag => !'gmy'.includes(flag)).join('')
  return new RegExp(`^(?:${expression.source})$`, flags).test(text)
}

/**
 * Tells whether a text matches a pattern. On a mismatch it goes back to the last `*` only, so that the work stays within the product of
 * both lengths.
 */
function matches(pattern: string, text: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  for (let i = 0; i < text.length; ) {
    if (pattern[at] === '*') {
      star = at++
      resume = i
    } else if (pattern[at] === text[i]) {
      at++
      i++
    } else if (star >= 0 && !boundaries.includes(text.charAt(resume))) {
      at = star + 1
      i = ++resume
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

const boundaries = '/@:'
const schemeCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789+-.'
const defaultPorts: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
])
