import { AnonymousMethod } from './anonymous-method.ts'
import { checkAuthOptions } from './auth-checks.ts'
import type { AuthOptions } from './auth-options.ts'
import type { AuthWorld } from './auth-world.ts'
import { CertificateMethod } from './certificate-method.ts'
import { CookieMethod } from './cookie-method.ts'
import type { CookieStore } from './cookie-store.ts'
import { CraMethod } from './cra-method.ts'
import { CryptosignMethod } from './cryptosign-method.ts'
import type { Method } from './method.ts'
import { ScramMethod } from './scram-method.ts'
import { TicketMethod } from './ticket-method.ts'

/** Makes the methods of a realm, by name. Without a store of cookies the method `cookie` is left out. Throws `ApiMisuse` for options that are not right. */
export function methodsOf(options: AuthOptions, world: AuthWorld, cookies?: CookieStore): ReadonlyMap<string, Method> {
  checkAuthOptions(options)
  const { anonymous, ticket, wampcra, scram, cryptosign, tls, cookie } = options
  const methods: Method[] = []
  if (anonymous) methods.push(new AnonymousMethod(anonymous.role, () => world.randomText()))
  if (ticket) methods.push(new TicketMethod(ticket))
  if (wampcra) methods.push(new CraMethod(wampcra, world))
  if (scram) methods.push(new ScramMethod('wamp-scram', scram, world), new ScramMethod('scram', scram, world))
  if (cryptosign) methods.push(new CryptosignMethod(cryptosign, world))
  if (tls) methods.push(new CertificateMethod(tls))
  const all = new Map(methods.map(method => [method.name, method]))
  if (cookie && cookies !== undefined) all.set('cookie', new CookieMethod(cookie, cookies, all, () => world.today()))
  return all
}
