import type { ConnectionOptions } from 'node:tls'
import type { HeadersInput } from '../../handshake/http/http-exception.ts'
import { anyValue, checkOptions, type OptionChecks, optionCheck } from '../../protocol/checks/check-options.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'

/** A proxy with options of its own. */
export interface ProxySettings {
  /**
   * The proxy's URL: `http:`, `https:`, or `socks5:`. A user name and a password in it, percent-encoded, are sent to the proxy alone, and
   * are never part of an error.
   */
  readonly url: string | URL
  /** Authorities and other options of `tls.connect`, for TLS to an `https:` proxy. The server has the option `tls` of the connection. */
  readonly tls?: ConnectionOptions
  /** Further headers of the request to an HTTP proxy, such as `Proxy-Authorization: Bearer …`. They do not reach the server. */
  readonly headers?: HeadersInput
}

/**
 * A proxy's URL, or its settings; `'env'` for the proxy that the environment names for the URL, if any; `false` for none.
 */
export type ProxyOption = string | URL | ProxySettings | false

/** Returns the settings of an option, apart from `'env'` and `false`. Throws `ApiMisuse`, never with the value, which may have a password. */
export function proxySettings(option: Exclude<ProxyOption, false>): ProxySettings {
  if (typeof option === 'string' || option instanceof URL) return { url: option }
  checkOptions<ProxySettings>(option, settingsChecks, 'proxy')
  if (option.url === undefined) throw new ApiMisuse('the option proxy has no url')
  return option
}

const settingsChecks: OptionChecks<ProxySettings> = {
  // read by `proxyOf`, whose errors do not show it
  url: anyValue,
  tls: optionCheck('an object of TLS options', isObject),
  headers: anyValue,
}

/** Tells whether a value may be an option `proxy`. */
export function isProxyOption(value: unknown): boolean {
  return value === false || typeof value === 'string' || isObject(value)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
