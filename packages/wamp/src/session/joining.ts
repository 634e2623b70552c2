import { ApiMisuse, Settlement } from '@autobahn-ts/websocket/portable'
import type { AuthAttempt, AuthMethod } from '../auth/auth-method.ts'
import type { Authenticate, Dict, Hello, HelloDetails, Uri, WelcomeDetails } from '../messages/message.ts'
import { AUTHENTICATE, HELLO } from '../messages/message-codes.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import type { TransportDetails } from '../transports/message-transport.ts'
import { clientRoles } from './client-roles.ts'

/** The facts that a session tells of itself in HELLO. */
export interface JoinSettings {
  readonly realm: Uri
  readonly auth: readonly AuthMethod[]
  readonly agent: string
}

/** The way from a transport to a session: HELLO, the answers to CHALLENGE, the checks of WELCOME. */
export class Joining {
  readonly #settings: JoinSettings
  readonly #transport: TransportDetails
  readonly #attempts = new Map<string, AuthAttempt>()
  readonly #result = new Settlement<void>()
  /** The method that was challenged last. */
  #challenged: AuthAttempt | undefined
  #challenges = 0

  constructor(settings: JoinSettings, transport: TransportDetails) {
    this.#settings = settings
    this.#transport = transport
  }

  /** Resolves when the session is open; rejects with the first reason why it is not. */
  get joined(): Promise<void> {
    return this.#result.promise
  }

  done(): void {
    this.#result.resolve()
  }

  failed(error: unknown): void {
    this.#result.reject(error as Error)
  }

  /** Makes HELLO. Rejects with what an authentication method throws. */
  async hello(): Promise<Hello> {
    const { realm, agent, auth } = this.#settings
    const details: { -readonly [name in keyof HelloDetails]: HelloDetails[name] } = { roles: clientRoles, agent }
    const names: string[] = []
    for (const method of auth) {
      const attempt = await method.begin(this.#transport)
      for (const name of [method.name, ...(method.aliases ?? [])]) {
        names.push(name)
        this.#attempts.set(name, attempt)
      }
      const { authid, authrole, authextra } = attempt.hello
      if (authid !== undefined) details.authid ??= authid
      if (authrole !== undefined) details.authrole ??= authrole
      if (authextra !== undefined) details.authextra = { ...authextra, ...setOf(details.authextra) }
    }
    if (names.length > 0) details.authmethods = names
    return [HELLO, realm, details as HelloDetails]
  }

  /** Answers CHALLENGE. Rejects with `ProtocolViolation` for a method that was not offered. */
  async answer(method: string, extra: Dict): Promise<Authenticate> {
    const attempt = this.#attempts.get(method)
    if (attempt === undefined) throw new ProtocolViolation(`CHALLENGE for the method ${JSON.stringify(method)}, which was not offered`)
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
