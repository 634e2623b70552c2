import { type Authority, parseAuthority } from './authority.ts'
import { HttpException } from './http-exception.ts'
import { quoted } from './quoted.ts'
import { isVisibleAscii } from './tokens.ts'

/** The parts of a request's target. */
export interface RequestTarget {
  /** The path and query as they were written; `/` where the path is empty. */
  readonly resource: string
  /** The host and port, where the target is in absolute form. They replace the `Host` header (RFC 9112 §3.2.2). */
  readonly authority: Authority | undefined
  /** Whether the target is in absolute form with the scheme https or wss. */
  readonly isSecure: boolean
}

/**
 * Parses a request's target: a path (RFC 9112 §3.2.1) or an absolute URL (§3.2.2, and RFC 6455 §4.1) with the scheme http, https, ws or
 * wss.
 *
 * Throws `HttpException` 400 for anything else: a fragment, credentials, an invalid host, the forms of CONNECT and OPTIONS.
 */
export function parseTarget(target: string): RequestTarget {
  if (!isVisibleAscii(target)) throw badTarget(target, 'has a character that must be escaped')
  if (target.includes('#')) throw badTarget(target, 'has a fragment')
  if (target.startsWith('/')) return { resource: target, authority: undefined, isSecure: false }
  const end = target.indexOf('://')
  const isSecure = schemes.get(target.slice(0, Math.max(end, 0)).toLowerCase())
  if (isSecure === undefined) throw badTarget(target, 'is neither a path nor an absolute URL')
  const rest = target.slice(end + 3)
  const length = rest.search(/[/?]/)
  const authority = parseAuthority(length < 0 ? rest : rest.slice(0, length))
  if (authority === undefined) throw badTarget(target, 'has no host with or without a port')
  const resource = length < 0 ? '' : rest.slice(length)
  return { resource: resource.startsWith('/') ? resource : `/${resource}`, authority, isSecure }
}

/** Tells whether a request's path can equal the value: it begins with a slash, is escaped, and has no query. */
export function isRequestPath(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('/') && isVisibleAscii(value) && !/[?#]/.test(value)
}

function badTarget(target: string, why: string): HttpException {
  return new HttpException(400, `target ${quoted(target)} ${why}`)
}

const schemes: ReadonlyMap<string, boolean> = new Map([
  ['http', false],
  ['https', true],
  ['ws', false],
  ['wss', true],
])
