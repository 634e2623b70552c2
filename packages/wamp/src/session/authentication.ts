import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import type { AuthAttempt, AuthHello, AuthMethod } from '../auth/auth-method.ts'
import { ChallengeRefused } from '../auth/challenge-refused.ts'
import type { Authenticate, Dict, WelcomeDetails } from '../messages/message.ts'
import { AUTHENTICATE } from '../messages/message-codes.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import type { TransportDetails } from '../transports/message-transport.ts'

/** The details of HELLO that belong to authentication. */
export interface AuthDetails extends AuthHello {
  readonly authmethods: readonly string[]
}

/** The authentication of one session by the methods that it offers. A page loads it where there are some. */
export class Authentication {
  readonly #attempts = new Map<string, AuthAttempt>()
  /** The attempts that were challenged and have answered. */
  readonly #answered = new Set<AuthAttempt>()
  /** The method that was challenged last. */
  #challenged: AuthAttempt | undefined
  #challenges = 0

  /** Begins with each method, and returns what HELLO says of them. Rejects with what a method throws. */
  async begin(methods: readonly AuthMethod[], transport: TransportDetails): Promise<AuthDetails> {
    const details: { -readonly [name in keyof AuthDetails]?: AuthDetails[name] } = {}
    const names: string[] = []
    for (const method of methods) {
      const attempt = await method.begin(transport)
      for (const name of [method.name, ...(method.aliases ?? [])]) {
        if (this.#attempts.has(name))
          throw new ApiMisuse(`option auth has two methods with the name ${name}, and a challenge could be for either`)
        names.push(name)
        this.#attempts.set(name, attempt)
      }
      const { authid, authrole, authextra } = attempt.hello
      if (authid !== undefined) details.authid ??= authid
      if (authrole !== undefined) details.authrole ??= authrole
      if (authextra !== undefined) details.authextra = { ...authextra, ...setOf(details.authextra) }
    }
    return { ...details, authmethods: names }
  }

  /** Answers CHALLENGE; returns `undefined` for a method that was not offered. */
  async answer(method: string, extra: Dict): Promise<Authenticate | undefined> {
    const attempt = this.#attempts.get(method)
    if (attempt === undefined) return undefined
    if (++this.#challenges > mostChallenges) throw new ProtocolViolation(`more than ${mostChallenges} CHALLENGE messages`)
    this.#challenged = attempt
    const answer = await attempt.answer(extra, method)
    if (typeof answer?.signature !== 'string') throw new ApiMisuse(`the method ${method} must answer with a signature, which is a string`)
    this.#answered.add(attempt)
    return [AUTHENTICATE, answer.signature, answer.extra ?? {}]
  }

  /**
   * Checks WELCOME by the method that was challenged last. Returns `undefined` where there is nothing to check. Rejects with `ChallengeRefused` where a
   * method wants a proof, and the router has not challenged by it (decision 169).
   */
  verify(details: WelcomeDetails): Promise<void> | undefined {
    const unproved = this.#unproved
    if (unproved !== undefined)
      return Promise.reject(
        new ChallengeRefused(`the router has opened the session without the challenge of ${unproved}, which proves its identity`),
      )
    const attempt = this.#challenged
    return attempt?.verifyWelcome === undefined ? undefined : (async () => attempt.verifyWelcome?.(details))()
  }

  /** The name of a method by which the router should have proved its identity. */
  get #unproved(): string | undefined {
    const attempts = [...this.#attempts]
    const isAlone = this.#answered.size === 0 && attempts.every(([, { wantsProof }]) => wantsProof !== undefined)
    return attempts.find(([, attempt]) => (attempt.wantsProof === 'always' && !this.#answered.has(attempt)) || isAlone)?.[0]
  }
}

/** Returns the facts that are set: a method that says null leaves them to the next one. */
function setOf(authextra: Dict = {}): Dict {
  return Object.fromEntries(Object.entries(authextra).filter(([, value]) => value !== null))
}

/** One for each factor. */
const mostChallenges = 4
