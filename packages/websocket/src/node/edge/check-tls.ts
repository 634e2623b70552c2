import type { SecureContextOptions, SecureVersion } from 'node:tls'
import { type OptionCheck, optionCheck } from '../../protocol/checks/check-options.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'

/** The check of the option `tls`: an object, which `node:tls` checks further. */
export const tlsOptions: OptionCheck = optionCheck(
  'an object of TLS options',
  value => typeof value === 'object' && value !== null && !Array.isArray(value),
)

/**
 * Checks for mistakes that would fail every connection and that `node:tls` accepts silently: a certificate without its key, a key without
 * its certificate, and a minimum version above the maximum. Throws `ApiMisuse`.
 */
export function checkTls({ cert, key, pfx, privateKeyIdentifier, minVersion, maxVersion }: SecureContextOptions): void {
  const hasKey = isGiven(key) || isGiven(privateKeyIdentifier)
  if (isGiven(cert) && !hasKey && !isGiven(pfx))
    throw new ApiMisuse('the option tls has a certificate and no key: give cert and key, or pfx')
  if (hasKey && !isGiven(cert) && !isGiven(pfx))
    throw new ApiMisuse('the option tls has a key and no certificate: give cert and key, or pfx')
  if (minVersion && maxVersion && versions.indexOf(minVersion) > versions.indexOf(maxVersion))
    throw new ApiMisuse(`the option tls has a minVersion of ${minVersion}, which is above its maxVersion of ${maxVersion}`)
}

/** Tells whether the options contain a certificate, or a function that chooses one by the name that the client asks for. */
export function hasCertificate({ cert, pfx, SNICallback }: SecureContextOptions & { readonly SNICallback?: unknown }): boolean {
  return isGiven(cert) || isGiven(pfx) || SNICallback !== undefined
}

/**
 * Calls a function of `node:tls` that throws for options it cannot use; its errors become `ApiMisuse` with the cause. Refuses the path of a file in place of its
 * content first: OpenSSL says 'no start line' to it, and takes authorities that are not PEM silently. Does not show the value, which may be a key.
 */
export function withTlsOptions<T>(work: () => T, options: SecureContextOptions): T {
  const name = (['cert', 'key', 'ca'] as const).find(name => [options[name]].flat().some(isNotPem))
  if (name !== undefined)
    throw new ApiMisuse(`the option tls cannot be used: ${name} is not PEM: it takes what the file has, and not its path`)
  try {
    return work()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ApiMisuse(`the option tls cannot be used: ${why}`, { cause })
  }
}

function isNotPem(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.includes('-----BEGIN ')
}

/** Tells whether an option has a value; an empty file or list does not count. */
function isGiven(value: unknown): boolean {
  if (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array) return value.length > 0
  return value !== undefined && value !== null
}

const versions: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']
