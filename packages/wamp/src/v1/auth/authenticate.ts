import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { anObject } from '../../checks/option-checks.ts'
import { RpcError } from '../rpc/rpc-error.ts'
import { AuthError, type AuthExtra, answerTo, authExtraIn, authreqUri, authUri } from './cra.ts'

/** An object that can call: a protocol, or a client that reconnects. */
export interface Caller {
  call(procedure: string, ...args: readonly unknown[]): Promise<unknown>
}

/** Authenticates by WAMP-CRA, on the client's side. Resolves with the permissions. */
export async function authenticate(
  caller: Caller,
  authKey: string | null = null,
  authExtra: object | null = null,
  authSecret = '',
): Promise<unknown> {
  if (typeof authSecret !== 'string') throw new ApiMisuse(`a secret must be a string, and not ${typeof authSecret}`)
  if (authKey !== null && typeof authKey !== 'string') throw new ApiMisuse(`a key must be a string or null, and not ${typeof authKey}`)
  // a secret passed here by mistake would be sent
  if (authExtra !== null && !anObject.holds(authExtra)) throw new ApiMisuse(`authExtra must be an object, and not ${typeof authExtra}`)
  const challenge = await caller.call(authreqUri, authKey, authExtra ?? {})
  if (authKey === null) return caller.call(authUri, null)
  return caller.call(authUri, await answered(challenge, authSecret))
}

/** Signs a challenge, as the text in which it was received. A wrong challenge is the server's fault. */
async function answered(challenge: unknown, secret: string): Promise<string> {
  const extra = extraIn(challenge)
  try {
    return await answerTo(challenge as string, secret, extra)
  } catch (error) {
    if (!(error instanceof ApiMisuse)) throw error
    throw new RpcError(AuthError.InvalidArgument, `the server's challenge cannot be answered: ${error.message}`, undefined, {
      cause: error,
    })
  }
}

function extraIn(challenge: unknown): AuthExtra | undefined {
  try {
    if (typeof challenge === 'string') return authExtraIn(challenge)
  } catch {}
  throw new RpcError(AuthError.InvalidArgument, "the server's challenge is not JSON")
}
