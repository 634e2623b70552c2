import type { ConnectionOptions } from 'node:tls'
import { parseAuthority } from '../../handshake/http/authority.ts'
import type { HeadersInput } from '../../handshake/http/http-exception.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import type { ProxySettings } from './proxy-settings.ts'

/** A proxy to connect through. */
export interface ProxyServer {
  readonly protocol: 'http' | 'https' | 'socks5'
  readonly host: string
  readonly port: number
  /** The name and password in the URL, decoded. */
  readonly credentials: Credentials | undefined
  /** Options of TLS to an `https:` proxy. */
  readonly tls: ConnectionOptions
  /** Further headers of the request to an HTTP proxy. */
  readonly headers: HeadersInput | undefined
  /** The proxy's URL without its credentials, for errors. */
  readonly name: string
}

export interface Credentials {
  readonly username: string
  readonly password: string
}

/**
 * Reads the settings of a proxy. `what` names their place in errors: `the option proxy`.
 *
 * Throws `ApiMisuse` for a URL that does not name a proxy. The URL is never part of the error, because it may have a password.
 */
export function proxyOf({ url, tls = {}, headers }: ProxySettings, what = 'the option proxy'): ProxyServer {
  const parsed = urlOf(url, what)
  const scheme = schemes.get(parsed.protocol)
  if (scheme === undefined) throw new ApiMisuse(`${what} has the scheme ${parsed.protocol}, and not http:, https:, socks5: or socks5h:`)
  const authority = parseAuthority(parsed.hostname)
  if (authority === undefined) throw new ApiMisuse(`${what} has no host, or one that is not a host name`)
  if (!['', '/'].includes(parsed.pathname) || parsed.search !== '' || parsed.hash !== '')
    throw new ApiMisuse(`${what} has a path, a query or a fragment: a proxy is named by its host and port alone`)
  const port = parsed.port === '' ? scheme.port : Number(parsed.port)
  const name = `${scheme.protocol}://${parsed.hostname}:${port}`
  if (scheme.protocol === 'socks5' && headers !== undefined) throw new ApiMisuse(`${what} has headers, and ${name} is not an HTTP proxy`)
  return { protocol: scheme.protocol, host: authority.host, port, credentials: credentialsOf(parsed, what), tls, headers, name }
}

function urlOf(url: string | URL, what: string): URL {
  try {
    return new URL(url)
  } catch {
    throw new ApiMisuse(`${what} is not a URL: write it with its scheme, as in http://proxy.example:3128`)
  }
}

function credentialsOf({ username, password }: URL, what: string): Credentials | undefined {
  if (username === '' && password === '') return undefined
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) }
  } catch {
    throw new ApiMisuse(`${what} has a user name or a password that is not percent-encoded`)
  }
}

/** Schemes with their usual ports. With both names of SOCKS the proxy resolves the host's name, so that no query leaves this machine. */
const schemes: ReadonlyMap<string, Pick<ProxyServer, 'protocol' | 'port'>> = new Map([
  ['http:', { protocol: 'http', port: 80 }],
  ['https:', { protocol: 'https', port: 443 }],
  ['socks5:', { protocol: 'socks5', port: 1080 }],
  ['socks5h:', { protocol: 'socks5', port: 1080 }],
])
