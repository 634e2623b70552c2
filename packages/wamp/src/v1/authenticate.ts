import { AuthError, type AuthExtra, answerTo, authExtraIn, authreqUri, authUri } from './cra.ts'
import { RpcError } from './rpc-error.ts'

/** Whatever can call: a protocol, or a client that outlives its connections. */
export interface Caller {
  call(procedure: string, ...args: readonly unknown[]): Promise<unknown>
}

/** The client's side of WAMP-CRA. Resolves with the permissions. */
export async function authenticate(
  caller: Caller,
  authKey: string | null = null,
  authExtra: object | null = null,
  authSecret = '',
): Promise<unknown> {
  const challenge = await caller.call(authreqUri, authKey, authExtra ?? {})
  if (authKey === null) return caller.call(authUri, null)
  return caller.call(authUri, await answerTo(...understood(challenge, authSecret)))
}

/** The challenge is signed as the text that it came as. */
function understood(challenge: unknown, secret: string): [challenge: string, secret: string, extra: AuthExtra | undefined] {
  try {
    if (typeof challenge === 'string') return [challenge, secret, authExtraIn(challenge)]
  } catch {}
  throw new RpcError(AuthError.InvalidArgument, "the server's challenge is no text of JSON")
}
