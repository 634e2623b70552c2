/**
 * Describes in a few words why a connection could not be made. A system error is described by its code, which says all; where several addresses
 * were tried there is no message. An error of OpenSSL is described by its reason, without the places in its sources.
 *
 * `withoutTls` is the beginning of a URL that connects without TLS: what to write where the other end does not speak it.
 */
export function reasonOf(cause: unknown, withoutTls: string): string {
  const { message, code, syscall, reason } = cause as NodeJS.ErrnoException & { readonly reason?: unknown }
  if (isNotTls.test(`${reason} ${message}`)) return `the other end does not speak TLS: the URL for that begins with ${withoutTls}`
  if (typeof reason === 'string' && code?.startsWith('ERR_SSL_') === true) return `TLS failed: ${reason}`
  return code !== undefined && (syscall !== undefined || message === '') ? code : message
}

/** The words of OpenSSL for a first answer that is not TLS, whatever the other end speaks. */
const isNotTls = /\b(wrong version number|packet length too long|http request|https proxy request)\b/
