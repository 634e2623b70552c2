import { ApiMisuse, type OptionCheck, optionCheck, unknownOption } from '@autobahn-ts/websocket/portable'
import { anObject } from './auth-checks.ts'
import type { CertificateUser, CraUser, CryptosignUser, KnownUser, ScramUser, TicketUser } from './auth-options.ts'

/** A field of a user. */
interface UserField extends OptionCheck {
  readonly isNeeded: boolean
}

/** The fields of the users of one method, each with the values that it takes. */
export type UserFields<User> = { readonly [name in keyof User]-?: UserField }

/**
 * Checks a user that an application gives. Throws `ApiMisuse` for anything else, which therefore lets nobody in. The error names the field and
 * what it must be, and never its value, which may be a secret.
 *
 * `subject` is the user in words: `user joe of ticket`. Fields that are not known are taken where `mayHaveMore`: a row of a database has others too.
 */
export function checkUser<User extends KnownUser>(
  given: unknown,
  fields: UserFields<User>,
  subject: string,
  mayHaveMore: boolean,
): asserts given is User {
  if (typeof given !== 'object' || given === null)
    throw new ApiMisuse(`${subject} must be an object with ${neededOf(fields)}, and not ${kindOf(given)}`)
  for (const [name, { isNeeded, wanted, holds }] of Object.entries<UserField>(fields)) {
    const value = (given as Readonly<Record<string, unknown>>)[name]
    if (value === undefined ? isNeeded : !holds(value))
      throw new ApiMisuse(`${name} of ${subject} must be ${wanted}, and not ${kindOf(value)}`)
  }
  const other = mayHaveMore ? undefined : Object.keys(given).find(name => !Object.hasOwn(fields, name))
  if (other !== undefined) throw new ApiMisuse(unknownOption(other, Object.keys(fields), subject))
}

function neededOf(fields: object): string {
  return Object.entries(fields as Readonly<Record<string, UserField>>)
    .filter(([, { isNeeded }]) => isNeeded)
    .map(([name]) => name)
    .join(' and ')
}

/** Returns a kind of value in words. */
function kindOf(value: unknown): string {
  if (value === '') return 'an empty string'
  if (value === null || value === undefined) return String(value)
  return Array.isArray(value) ? 'a list' : `a value of the type ${typeof value}`
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function needed(wanted: string, holds: (value: unknown) => boolean): UserField {
  return { ...optionCheck(wanted, holds), isNeeded: true }
}

function maybe(field: UserField): UserField {
  return { ...field, isNeeded: false }
}

const text = needed('a string that is not empty', isText)
const count = needed('a whole number from 1', isCount)
const object = needed(anObject.wanted, anObject.holds)
const publicKeys = needed('a list of public keys, each 64 letters of hex', value => Array.isArray(value) && value.every(isPublicKey))
const fingerprint = needed('a SHA-256 fingerprint: 64 letters of hex, with or without colons', isFingerprint)
const kdf = needed("'pbkdf2' or 'argon2id13'", value => value === 'pbkdf2' || value === 'argon2id13')

function isPublicKey(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)
}

function isFingerprint(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value.replaceAll(':', ''))
}

/** The fields that the users of all methods have. */
export const knownFields: UserFields<KnownUser> = { role: text, extra: maybe(object) }
export const ticketFields: UserFields<TicketUser> = { ...knownFields, ticket: text }
/** The fields of the answer of a function that checks tickets. */
export const checkedFields: UserFields<KnownUser & { readonly authid: string }> = {
  ...knownFields,
  authid: needed('a string', value => typeof value === 'string'),
}
export const craFields: UserFields<CraUser> = {
  ...knownFields,
  secret: text,
  salt: maybe(text),
  iterations: maybe(count),
  keylen: maybe(count),
}
export const scramFields: UserFields<ScramUser> = {
  ...knownFields,
  kdf,
  salt: text,
  iterations: count,
  memory: maybe(count),
  storedKey: text,
  serverKey: text,
}
export const cryptosignFields: UserFields<CryptosignUser> = { ...knownFields, authorizedKeys: publicKeys }
export const certificateFields: UserFields<CertificateUser> = { ...knownFields, fingerprint }
