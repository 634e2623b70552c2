import { ApiMisuse, anyValue, checkOptions, shownValue } from '@autobahn-ts/websocket/portable'
import { type KeyDerivation, pbkdf2Key } from '../../keys/pbkdf2-key.ts'
import { sign } from '../../keys/sign.ts'
import { errorUri, procedureUri } from '../messages/uris.ts'

/** What a challenge says of a salted secret. */
export interface AuthExtra {
  /** Absent or empty: the secret is the key as it is. */
  readonly salt?: string
  /** Default: 10,000. */
  readonly iterations?: number
  /** Octets. Default: 32. */
  readonly keylen?: number
}

/** What a user may do; the two lists are for the application and for `registerForPubSubFromPermissions`. */
export interface Permissions {
  readonly rpc?: readonly { readonly uri: string; readonly call?: boolean }[]
  readonly pubsub?: readonly { readonly uri: string; readonly prefix?: boolean; readonly pub?: boolean; readonly sub?: boolean }[]
}

/** What `getAuthPermissions` gives. More than these two is handed on to `onAuthenticated`. */
export interface AuthPermissions {
  readonly permissions: Permissions
  /** How the client is to derive its key, where its secret is salted. */
  readonly authextra?: AuthExtra
}

/** The two procedures of WAMP-CRA. */
export const authreqUri: string = `${procedureUri}authreq`
export const authUri: string = `${procedureUri}auth`

/** What authentication fails with. */
export const AuthError: {
  readonly AlreadyAuthenticated: string
  readonly AlreadyRequested: string
  readonly NotRequested: string
  readonly InvalidArgument: string
  readonly AnonymousForbidden: string
  readonly NoSuchAuthKey: string
  readonly Permissions: string
  readonly InvalidSignature: string
} = {
  AlreadyAuthenticated: `${errorUri}already-authenticated`,
  AlreadyRequested: `${errorUri}authentication-already-requested`,
  NotRequested: `${errorUri}no-authentication-requested`,
  InvalidArgument: `${errorUri}invalid-argument`,
  AnonymousForbidden: `${errorUri}anonymous-auth-forbidden`,
  NoSuchAuthKey: `${errorUri}no-such-authkey`,
  Permissions: `${errorUri}auth-permissions-error`,
  InvalidSignature: `${errorUri}invalid-signature`,
}

/**
 * The key of a salted secret, as base64: what the server keeps, and `getAuthSecret` returns. Without a salt, the secret itself.
 *
 * Holds the thread for some milliseconds per 1,000 iterations.
 */
export function deriveKey(secret: string, extra?: AuthExtra): string {
  checkOptions<AuthExtra>(extra, { salt: anyValue, iterations: anyValue, keylen: anyValue }, 'deriveKey')
  const derivation = derivationOf(extra)
  return derivation === undefined ? secret : pbkdf2Key(secret, derivation)
}

/** The answer to a challenge: HMAC-SHA256 of the very text that came, by the secret or the key that `extra` makes of it, as base64. */
export function authSignature(challenge: string, secret: string, extra?: AuthExtra): string {
  return sign(challenge, deriveKey(secret, extra))
}

/**
 * Makes the same answer without holding the thread, for a challenge that the peer has made: what it asks for is bounded.
 *
 * Cryptography is loaded when it is wanted: bundlers that split keep a quarter of a page's code from pages that never authenticate.
 */
export async function answerTo(challenge: string, secret: string, extra: AuthExtra | undefined): Promise<string> {
  const derivation = derivationOf(extra)
  const { pbkdf2KeyInSlices, sign } = await import('../../keys/index.ts')
  return sign(challenge, derivation === undefined ? secret : await pbkdf2KeyInSlices(secret, derivation))
}

/** The `authextra` of a challenge. */
export function authExtraIn(challenge: string): AuthExtra | undefined {
  const { authextra } = Object(JSON.parse(challenge))
  return typeof authextra === 'object' && authextra !== null ? (authextra as AuthExtra) : undefined
}

function derivationOf({ salt = '', iterations = 10_000, keylen = 32 }: AuthExtra = {}): KeyDerivation | undefined {
  if (typeof salt !== 'string') throw new ApiMisuse(`a salt must be a string, and not ${typeof salt}`)
  if (salt === '') return undefined
  return { salt, iterations: whole('iterations', iterations, 1_000_000), keylen: whole('keylen', keylen, 1024) }
}

/** A server could have its clients work for hours otherwise. */
function whole(name: string, value: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value
  throw new ApiMisuse(`${name} must be a whole number from 1 to ${most}, and not ${shownValue(value)}`)
}
