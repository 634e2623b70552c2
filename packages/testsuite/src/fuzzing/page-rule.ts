import { isIPv4 } from 'node:net'
import { type HttpHead, valuesOf } from '../wire/http-head.ts'

/**
 * Returns the reason why a web page may not use the fuzzing server; `undefined` if it may, and for requests without `Origin`, which do
 * not come from browsers. Allowed are the listed origins (`*` is any) and pages of this server itself. At a loopback address such a page
 * must have used a name of this machine: any other name may belong to an attacker who lets it resolve to 127.0.0.1 (DNS rebinding).
 */
export function refusedPage(head: HttpHead, localAddress: string | undefined, allowedOrigins: readonly string[]): string | undefined {
  const [origin] = valuesOf(head, 'origin')
  if (origin === undefined || allowedOrigins.includes('*')) return undefined
  const page = parsed(origin)
  if (page !== undefined && allowedOrigins.some(allowed => parsed(allowed)?.origin === page.origin)) return undefined
  const host = page && parsed(`${page.protocol}//${valuesOf(head, 'host')[0]}`)
  const isOwnPage = page !== undefined && host?.host === page.host && (!isLoopback(localAddress) || isLoopback(page.hostname))
  return isOwnPage ? undefined : 'pages of this origin may not use the fuzzing server; allow the origin with --allow-origin'
}

function parsed(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined
}

/** Whether an address, or the host of a URL, is a loopback one. */
function isLoopback(host = ''): boolean {
  const plain = host.replace(/^\[|\]$/g, '').replace(/^::ffff:/i, '')
  if (plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'))) return true
  return plain === 'localhost' || plain.endsWith('.localhost')
}
