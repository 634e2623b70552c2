import { ApiMisuse, anyValue, checkOptions, shownValue } from '@autobahn-ts/websocket/portable'
import { type KeyDerivation, pbkdf2Key } from '../../keys/pbkdf2-key.ts'
import { sign } from '../../keys/sign.ts'
import { errorUri, procedureUri } from '../messages/uris.ts'

/** The parameters of a salted secret, which a challenge contains. */
export interface AuthExtra {
  /** The salt. If absent or empty, the secret itself is the key. */
  readonly salt?: string
  /** The rounds of PBKDF2. Default: 10,000. */
  readonly iterations?: number
  /** The length of the key, in octets. Default: 32. */
  readonly keylen?: number
}

/** The permissions of a user. Applications read the lists; `registerForPubSubFromPermissions` reads `pubsub`. */
export interface Permissions {
  readonly rpc?: readonly { readonly uri: string; readonly call?: boolean }[]
  readonly pubsub?: readonly { readonly uri: string; readonly prefix?: boolean; readonly pub?: boolean; readonly sub?: boolean }[]
}

/** The value of `getAuthPermissions`. Other properties are allowed, and `onAuthenticated` receives them. */
export interface AuthPermissions {
  readonly permissions: Permissions
  /** The parameters with which the client derives its key, if its secret is salted. */
  readonly authextra?: AuthExtra
}

/** The two procedures of WAMP-CRA. */
export const authreqUri: string = `${procedureUri}authreq`
export const authUri: string = `${procedureUri}auth`

/** The URIs of the errors of authentication. */
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
 * Derives the key of a salted secret, which a server keeps and `getAuthSecret` returns. Returns base64; without a salt, the secret itself.
 *
 * Blocks the thread for some milliseconds per 1,000 iterations.
 */
export function deriveKey(secret: string, extra?: AuthExtra): string {
  checkOptions<AuthExtra>(extra, { salt: anyValue, iterations: anyValue, keylen: anyValue }, 'deriveKey')
  const derivation = derivationOf(extra)
  return derivation === undefined ? secret : pbkdf2Key(secret, derivation)
}

/** Signs the text of a challenge by HMAC-SHA256, with the secret or the key that `deriveKey` makes of it. Returns base64. */
export function authSignature(challenge: string, secret: string, extra?: AuthExtra): string {
  return sign(challenge, deriveKey(secret, extra))
}

/**
 * Signs a challenge as `authSignature` does, without blocking the thread. The iterations that a peer may demand are limited.
 *
 * Loads cryptography when it is called: bundlers that split the code keep a quarter of it from pages that never authenticate.
 */
export async function answerTo(challenge: string, secret: string, extra: AuthExtra | undefined): Promise<string> {
  const derivation = derivationOf(extra)
  const { pbkdf2KeyInSlices, sign } = await import('../../keys/index.ts')
  return sign(challenge, derivation === undefined ? secret : await pbkdf2KeyInSlices(secret, derivation))
}

/** Reads the `authextra` of a challenge. Throws if the challenge is not JSON. */
export function authExtraIn(challenge: string): AuthExtra | undefined {
  const { authextra } = Object(JSON.parse(challenge))
  return typeof authextra === 'object' && authextra !== null ? (authextra as AuthExtra) : undefined
}

function derivationOf({ salt = '', iterations = 10_000, keylen = 32 }: AuthExtra = {}): KeyDerivation | undefined {
  if (typeof salt !== 'string') throw new ApiMisuse(`a salt must be a string, and not ${typeof salt}`)
  if (salt === '') return undefined
  return { salt, iterations: whole('iterations', iterations, 1_000_000), keylen: whole('keylen', keylen, 1024) }
}

/** Checks a number that the server chooses. Without a limit it could make its clients compute for hours. */
function whole(name: string, value: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value
  throw new ApiMisuse(`${name} must be a whole number from 1 to ${most}, and not ${shownValue(value)}`)
}
