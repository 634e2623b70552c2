import type { AuthAnswer, AuthMethod } from './auth-method.ts'

/** Authenticates with nothing: the router gives an id. `authid` asks for one, which a router may ignore. */
export function anonymous(authid?: string): AuthMethod {
  const hello = authid === undefined ? {} : { authid }
  return { name: 'anonymous', begin: () => ({ hello, answer: unasked }) }
}

function unasked(): AuthAnswer {
  return { signature: '' }
}
