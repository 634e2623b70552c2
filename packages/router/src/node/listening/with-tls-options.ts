import type { TlsOptions } from 'node:tls'
import { ApiMisuse } from '@autobahn-ts/websocket'

/**
 * Calls a function of `node:tls` that throws for options it cannot use; its errors become `ApiMisuse` with the cause. Names the option that has something else than
 * PEM, such as the path of a file: OpenSSL says 'no start line' and nothing more, and takes authorities that are not PEM silently.
 */
export function withTlsOptions<T>(work: () => T, options: TlsOptions): T {
  const silent = lacksPem(options.ca) ? notPem('ca') : undefined
  if (silent !== undefined) throw new ApiMisuse(silent)
  try {
    return work()
  } catch (cause) {
    const name = (['cert', 'key'] as const).find(name => lacksPem(options[name]))
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ApiMisuse(name === undefined ? `the option tls cannot be used: ${why}` : notPem(name), { cause })
  }
}

/** Makes the sentence about an option, without its value, which may be a key. */
function notPem(name: string): string {
  return `the option tls cannot be used: ${name} is not PEM, because it has no line "-----BEGIN …"; it takes what a file has, and not a path`
}

function lacksPem(value: unknown): boolean {
  return [value].flat().some(one => {
    const text = one instanceof Uint8Array ? Buffer.from(one).toString('latin1') : one
    return typeof text === 'string' && text !== '' && !text.includes('-----BEGIN ')
  })
}
