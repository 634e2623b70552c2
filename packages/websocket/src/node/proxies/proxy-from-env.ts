import { isWithoutProxy } from './no-proxy.ts'
import { type ProxyServer, proxyOf } from './proxy-server.ts'

/** The server to connect to. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
}

/**
 * Returns the proxy that the environment names for a server; `undefined` where it names none.
 *
 * For `wss:` it is that of `https_proxy`, for `ws:` that of `http_proxy`, and `all_proxy` where that is not set. Each name may be written in
 * capitals; small letters go first. `no_proxy` has exceptions. A value without a scheme is an HTTP proxy. In a CGI script, which has
 * `REQUEST_METHOD`, `HTTP_PROXY` is not used: there it is the header `Proxy` of a request.
 *
 * Throws `ApiMisuse` for a value that does not name a proxy.
 */
export function proxyFromEnv(target: Target, env: Readonly<Record<string, string | undefined>> = process.env): ProxyServer | undefined {
  const own = target.isSecure ? 'https_proxy' : 'http_proxy'
  const name = [own, 'all_proxy'].flatMap(name => [name, name.toUpperCase()]).find(name => isSet(name, env))
  if (name === undefined) return undefined
  if (isWithoutProxy(env.no_proxy || env.NO_PROXY || '', target)) return undefined
  const url = env[name]!.trim()
  return proxyOf({ url: url.includes('://') ? url : `http://${url}` }, `the environment variable ${name}`)
}

function isSet(name: string, env: Readonly<Record<string, string | undefined>>): boolean {
  if (name === 'HTTP_PROXY' && env.REQUEST_METHOD !== undefined) return false
  return env[name] !== undefined && env[name].trim() !== ''
}
