import type { JoinRequest } from './join-request.ts'
import type { FirstStep, Method, Principal } from './method.ts'

/** Lets in clients without a name. Each gets a name that nobody else has, whatever name it gave. */
export class AnonymousMethod implements Method {
  readonly name = 'anonymous'
  readonly #role: string
  readonly #randomName: () => string

  constructor(role: string, randomName: () => string) {
    this.#role = role
    this.#randomName = randomName
  }

  /** Anybody may join, so only the role can be another one. */
  knows({ authrole }: Principal): boolean {
    return authrole === this.#role
  }

  begin(_: JoinRequest): FirstStep {
    return { principal: { authid: this.#randomName(), authrole: this.#role, authprovider: 'static' } }
  }
}
