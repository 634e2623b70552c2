import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import type { AuthAttempt, AuthHello, AuthMethod } from '../auth/auth-method.ts'
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
    return [AUTHENTICATE, answer.signature, answer.extra ?? {}]
  }

  /**
   * Checks WELCOME by the method that was challenged. Returns `undefined` where there is nothing to check.
   *
   * A router that does not challenge lets the client in by other means, such as its address.
   */
  verify(details: WelcomeDetails): Promise<void> | undefined {
    const attempt = this.#challenged
    return attempt?.verifyWelcome === undefined ? undefined : (async () => attempt.verifyWelcome?.(details))()
  }
}

/** Returns the facts that are set: a method that says null leaves them to the next one. */
function setOf(authextra: Dict = {}): Dict {
  return Object.fromEntries(Object.entries(authextra).filter(([, value]) => value !== null))
}

/** One for each factor. */
const mostChallenges = 4
