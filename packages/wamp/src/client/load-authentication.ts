import type { Authentication } from '../session/authentication.ts'

/** Loads the class that authenticates, for the first session of a client with methods. */
export async function loadAuthentication(): Promise<typeof Authentication> {
  return (await import('../session/authentication.ts')).Authentication
}
