import { basicCredentials } from '../handshake/http/basic-credentials.ts'
import { HeaderFields } from '../handshake/http/header-fields.ts'
import type { HeadersInput } from '../handshake/http/http-exception.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'

/** A user name and a password for Basic authentication, RFC 7617. */
export interface BasicAuth {
  readonly username: string
  readonly password: string
}

/** A URL without credentials, and the `Authorization` header that takes their place. */
export interface AuthorizedUrl {
  readonly url: string
  readonly authorization: string | undefined
}

/**
 * Reads the parameter `auth` of a client: credentials, `'url'` for those in the URL, or nothing.
 *
 * Throws `ApiMisuse` for anything else, and for credentials that Basic authentication cannot carry. They are never part of an error.
 */
export function authorizedUrl(url: string, auth: BasicAuth | 'url' | undefined): AuthorizedUrl {
  if (auth !== 'url' && typeof url === 'string' && hasCredentials.test(url))
    throw new ApiMisuse("URL has credentials: to send them, set auth to 'url', or to an object with username and password")
  if (auth === undefined) return { url, authorization: undefined }
  if (auth === 'url') return urlWithoutCredentials(url)
  return { url, authorization: basicCredentials(checkedAuth(auth), what) }
}

/** Adds the header to those of the application. Throws `ApiMisuse` where they have an `Authorization` already. */
export function withAuthorization(headers: HeadersInput, authorization: string | undefined): HeadersInput {
  if (authorization === undefined) return headers
  const fields = HeaderFields.from(headers)
  if (fields.has('Authorization')) throw new ApiMisuse('the headers have an Authorization, and auth is another one')
  fields.append('Authorization', authorization)
  return fields
}

function urlWithoutCredentials(url: string): AuthorizedUrl {
  const [, before = '', credentials, after = ''] = typeof url === 'string' ? (hasCredentials.exec(url) ?? []) : []
  if (credentials === undefined) return { url, authorization: undefined }
  const colon = credentials.indexOf(':')
  const [username, password] = colon < 0 ? [credentials, ''] : [credentials.slice(0, colon), credentials.slice(colon + 1)]
  return { url: before + after, authorization: basicCredentials({ username: decoded(username), password: decoded(password) }, 'the URL') }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ApiMisuse('the URL has a user name or a password that is not percent-encoded')
  }
}

/** Checks the members without `checkOptions`, whose errors show values. */
function checkedAuth(auth: unknown): BasicAuth {
  const { username, password } = (typeof auth === 'object' && auth !== null ? auth : {}) as Partial<BasicAuth>
  if (typeof username === 'string' && typeof password === 'string') return { username, password }
  const shown = typeof auth === 'string' ? 'another string' : shownValue(auth)
  throw new ApiMisuse(`${what} must be 'url', or an object with username and password, and not ${shown}`)
}

const what = 'the parameter auth'

/** The scheme, the credentials, and what is behind them. */
const hasCredentials = /^(wss?:\/\/)([^/?#]*)@(.*)$/is
