import { randomId } from './random-id.ts'
import { sameText } from './same-text.ts'
import { sign } from './sign.ts'

/** Tells whether two secrets are equal, in a time that tells neither where they differ nor how long they are. */
export function sameSecret(one: string, other: string): boolean {
  key ??= randomId()
  return sameText(sign(one, key), sign(other, key))
}

/** Other in each process, so that nobody can choose secrets with similar signatures. */
let key: string | undefined
