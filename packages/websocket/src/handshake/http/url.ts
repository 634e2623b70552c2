import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'
import { type Authority, formatAuthority, parseAuthority } from './authority.ts'
import { formatQuery, type ParamsInput, parseQuery, percentDecoded } from './query.ts'
import { quoted } from './quoted.ts'
import { isVisibleAscii } from './tokens.ts'

/** The parts of a WebSocket URL. */
export interface WsUrl {
  readonly isSecure: boolean
  /** The host in lower case, an IPv6 address without its brackets; `localhost` for a Unix socket. */
  readonly host: string
  /** The port; 80 or 443 where none is written. 0 is for servers only and means any free port. */
  readonly port: number
  /** The path and query as they are written, which a client asks for. */
  readonly resource: string
  /** The path with escapes resolved. */
  readonly path: string
  /** The query's parameters, decoded; repeated ones in order, empty values kept. */
  readonly params: ReadonlyMap<string, readonly string[]>
  /** The path of the Unix socket, in a `ws+unix:` or `wss+unix:` URL. */
  readonly socketPath?: string
}

/**
 * Makes a WebSocket URL. The port is always written. The path must not be escaped, because it is escaped here; `params` become the query.
 *
 * Throws `ApiMisuse` for a host name or port that a URL cannot have.
 */
export function createWsUrl(hostname: string, port?: number, isSecure = false, path = '/', params?: ParamsInput): string {
  const authority = formatAuthority({ host: checkedHost(hostname), port: checkedPort(port ?? defaultPort(isSecure)) })
  const url = `${isSecure ? 'wss' : 'ws'}://${authority}${encoded(() => encodePath(path))}`
  const query = params === undefined ? '' : encoded(() => formatQuery(params))
  return query === '' ? url : `${url}?${query}`
}

/**
 * Parses a `ws:` or `wss:` URL, or one of a Unix socket: `ws+unix:/path/to.sock:/resource`.
 *
 * Throws `ApiMisuse` for other schemes, a missing host, an invalid port, credentials, any fragment (RFC 6455 §3), and characters that must
 * be escaped. AutobahnPython returns a tuple `(isSecure, host, port, resource, path, params)`; this is an object with the same names.
 */
export function parseWsUrl(url: string): WsUrl {
  if (typeof url !== 'string') throw new ApiMisuse(`a URL must be a string, and not ${notAUrl(url)}`)
  const colon = url.indexOf(':')
  const scheme = url.slice(0, Math.max(colon, 0)).toLowerCase()
  const isSecure = schemes.get(scheme)
  if (isSecure === undefined) throw new ApiMisuse(otherScheme(url, scheme))
  const rest = url.slice(colon + 1)
  if (!isVisibleAscii(rest) || rest.includes('\\')) throw new ApiMisuse('URL has a character that must be escaped')
  if (rest.includes('#')) throw new ApiMisuse('URL has a fragment, which WebSocket forbids: leave out # and what is behind it')
  return scheme.endsWith('+unix') ? unixUrl(isSecure, rest) : networkUrl(isSecure, rest)
}

function notAUrl(given: unknown): string {
  return typeof given === 'object' && given !== null ? 'object: options are the second argument' : shownValue(given)
}

/** Says what to write in place of a URL without a scheme or with another one. Shows no query, which may be secret. */
function otherScheme(url: string, scheme: string): string {
  const [shown = ''] = url.split(/[?#]/, 1)
  if (shown.startsWith('/')) return `URL ${quoted(shown)} has no host, which only a page adds: write ${quoted(`ws://host${shown}`)}`
  if (/^[\w.-]*(:\d+)?(\/|$)/.test(shown)) return `URL ${quoted(shown)} has no scheme: write ${quoted(`ws://${shown || 'host/'}`)}`
  const hint = scheme === 'http' ? ': write ws' : scheme === 'https' ? ': write wss' : ''
  return `URL has the scheme ${quoted(scheme)}, and not ws, wss, ws+unix or wss+unix${hint}`
}

/** Returns the `Host` header for a URL, without the default port of its scheme (RFC 6455 §4.1). */
export function hostHeader({ host, port, isSecure }: Pick<WsUrl, 'host' | 'port' | 'isSecure'>): string {
  return formatAuthority({ host, port: port === defaultPort(isSecure) ? undefined : port })
}

/** Returns the default port of a scheme, RFC 6455 §3. */
export function defaultPort(isSecure: boolean): number {
  return isSecure ? 443 : 80
}

function networkUrl(isSecure: boolean, rest: string): WsUrl {
  if (!rest.startsWith('//')) throw new ApiMisuse('URL has no host')
  const end = endOfAuthority(rest)
  const { host, port = defaultPort(isSecure) } = authorityOf(rest.slice(2, end))
  return { isSecure, host, port, ...resourceOf(rest.slice(end)) }
}

function unixUrl(isSecure: boolean, rest: string): WsUrl {
  const path = rest.startsWith('//') ? rest.slice(2) : rest
  const colon = path.indexOf(':')
  const socketPath = percentDecoded(colon < 0 ? path : path.slice(0, colon))
  if (!socketPath.startsWith('/') || socketPath.includes('\0')) throw new ApiMisuse('URL has no absolute path of a Unix socket')
  const resource = colon < 0 ? '' : path.slice(colon + 1)
  if (resource !== '' && !startsResource(resource))
    throw new ApiMisuse(`URL has the resource ${quoted(resource)}, and it must begin with a slash`)
  return { isSecure, host: 'localhost', port: defaultPort(isSecure), ...resourceOf(resource), socketPath }
}

function endOfAuthority(rest: string): number {
  for (let i = 2; i < rest.length; i++) if (startsResource(rest.charAt(i))) return i
  return rest.length
}

function startsResource(text: string): boolean {
  return text.startsWith('/') || text.startsWith('?')
}

function authorityOf(text: string): Authority {
  if (text.includes('@')) throw new ApiMisuse('URL has credentials')
  if (text === '' || text.startsWith(':')) throw new ApiMisuse('URL has no host')
  const authority = parseAuthority(text)
  if (authority === undefined) throw new ApiMisuse(`URL has ${quoted(text)} in place of a host with or without a port`)
  return authority
}

function resourceOf(text: string): Pick<WsUrl, 'resource' | 'path' | 'params'> {
  const resource = text.startsWith('/') ? text : `/${text}`
  const mark = resource.indexOf('?')
  const path = mark < 0 ? resource : resource.slice(0, mark)
  return { resource, path: percentDecoded(path), params: parseQuery(mark < 0 ? '' : resource.slice(mark + 1)) }
}

function checkedHost(hostname: string): string {
  const authority = parseAuthority(hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname)
  if (authority === undefined || authority.port !== undefined) throw new ApiMisuse(`${quoted(hostname)} is not a host name`)
  return authority.host
}

function checkedPort(port: number): number {
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new ApiMisuse(`port ${port} is not between 0 and 65535`)
  return port
}

function encodePath(path: string): string {
  const escaped = encodeURIComponent(path).replaceAll('%2F', '/')
  return escaped.startsWith('/') ? escaped : `/${escaped}`
}

function encoded(work: () => string): string {
  try {
    return work()
  } catch {
    throw new ApiMisuse('path or params have a lone surrogate')
  }
}

const schemes: ReadonlyMap<string, boolean> = new Map([
  ['ws', false],
  ['wss', true],
  ['ws+unix', false],
  ['wss+unix', true],
])
