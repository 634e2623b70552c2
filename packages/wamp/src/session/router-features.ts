import { announces, type Feature } from '../messages/features.ts'
import type { RouterRole, WelcomeDetails } from '../messages/message.ts'

/** The features that a router has announced in WELCOME. */
export class RouterFeatures {
  readonly agent: string
  readonly #roles: WelcomeDetails['roles']

  constructor(details: WelcomeDetails) {
    this.agent = details.agent ?? ''
    this.#roles = details.roles
  }

  /** Whether the router has announced the role. */
  isRole(role: RouterRole): boolean {
    return this.#roles[role] !== undefined
  }

  /** Whether the router has announced the feature of a role, in any spelling. */
  has(role: RouterRole, feature: Feature): boolean {
    return announces(this.#roles, role, feature)
  }

  /** Whether the dealer takes CANCEL. */
  get cancelsCalls(): boolean {
    return this.has('dealer', 'call_canceling')
  }

  /** Whether CALL may carry its timeout. Crossbar takes the number for seconds, so it gets none. */
  get takesTimeout(): boolean {
    return this.has('dealer', 'call_timeout') && !/^crossbar/i.test(this.agent)
  }
}
