import {
  ApiMisuse,
  anyValue,
  checkOptions,
  type OptionCheck,
  type OptionChecks,
  optionCheck,
  someFunction,
  trueOrFalse,
} from '@autobahn-ts/websocket/portable'
import type { AuthOptions, CookieOptions, NobodyOptions } from './auth-options.ts'

/** Accepts every object that is not a list. */
export const anObject: OptionCheck = optionCheck('an object', value => typeof value === 'object' && value !== null && !Array.isArray(value))
const count = optionCheck('a whole number from 1', value => Number.isSafeInteger(value) && (value as number) > 0)

const methodChecks: OptionChecks<AuthOptions> = {
  anonymous: anObject,
  ticket: anObject,
  wampcra: anObject,
  scram: anObject,
  cryptosign: anObject,
  cookie: anObject,
  tls: anObject,
}

interface Source {
  readonly users?: unknown
  readonly find?: unknown
}

const source: OptionChecks<Source> = { users: anObject, find: someFunction }
const ticketChecks: OptionChecks<Source & { readonly check?: unknown }> = { ...source, check: someFunction }
const nobodyChecks: OptionChecks<NobodyOptions> = { nobody: anObject }
const craNobody: OptionChecks<{ iterations?: number; keylen?: number }> = { iterations: count, keylen: count }
const scramNobody: OptionChecks<NonNullable<NobodyOptions['nobody']>> = {
  kdf: optionCheck("'pbkdf2' or 'argon2id13'", value => value === 'pbkdf2' || value === 'argon2id13'),
  iterations: count,
  memory: count,
}
const cookieChecks: OptionChecks<CookieOptions> = { maxAge: anyValue, secure: trueOrFalse }

/**
 * Checks the options of authentication but for the users, which each method checks itself. Throws `ApiMisuse` for a method that does not exist, and
 * for an option that none of them has.
 */
export function checkAuthOptions(options: AuthOptions): void {
  checkOptions<AuthOptions>(options, methodChecks, 'auth')
  const { anonymous, ticket, wampcra, scram, cryptosign, tls, cookie } = options
  checkOptions<{ role: string }>(anonymous, { role: anyValue }, 'anonymous')
  if (anonymous !== undefined && (typeof anonymous.role !== 'string' || anonymous.role === ''))
    throw new ApiMisuse('anonymous needs the option role: a string that is not empty')
  checkOptions<Source>(ticket, ticketChecks, 'ticket')
  checkOptions<Source>(wampcra, { ...source, ...nobodyChecks }, 'wampcra')
  checkOptions(wampcra?.nobody, craNobody, 'nobody of wampcra')
  checkOptions<Source>(scram, { ...source, ...nobodyChecks }, 'scram')
  checkOptions(scram?.nobody, scramNobody, 'nobody of scram')
  checkOptions<Source & { routerKey?: string }>(cryptosign, { ...source, routerKey: anyValue }, 'cryptosign')
  // the value is a secret, so the error does not show it
  if (cryptosign?.routerKey !== undefined && !isPrivateKey(cryptosign.routerKey))
    throw new ApiMisuse('option routerKey of cryptosign must be a private key: 64 letters of hex')
  checkOptions<Source>(tls, source, 'tls')
  checkOptions<CookieOptions>(cookie, cookieChecks, 'cookie')
}

function isPrivateKey(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)
}
