import { sameSecret } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import type { KnownUser, TicketCheck, TicketUser, Users } from './auth-options.ts'
import { Directory } from './directory.ts'
import type { JoinRequest } from './join-request.ts'
import type { FirstStep, Method, Principal } from './method.ts'
import { checkedFields, checkUser, ticketFields } from './user-fields.ts'

/** Compares the ticket of a client with the one that is known, or has a function check it. */
export class TicketMethod implements Method {
  readonly name = 'ticket'
  readonly #directory: Directory<TicketUser> | undefined
  readonly #check: TicketCheck['check'] | undefined

  constructor(options: Users<TicketUser> | TicketCheck) {
    const { check, ...users } = options as TicketCheck & Users<TicketUser>
    if (check !== undefined && Object.keys(users).length > 0)
      throw new ApiMisuse('ticket needs one of users, find and check, and not several')
    this.#check = check
    if (check === undefined) this.#directory = new Directory(this.name, users, ticketFields)
  }

  get users(): Directory<KnownUser> | undefined {
    return this.#directory
  }

  knows(principal: Principal): boolean {
    return this.#directory === undefined || this.#directory.knows(principal)
  }

  begin(request: JoinRequest): FirstStep {
    const { authid } = request
    if (this.#directory !== undefined && authid === undefined) return undefined
    return { extra: {}, answered: ticket => this.#answered(request, ticket) }
  }

  async #answered(request: JoinRequest, ticket: string): Promise<Principal | undefined> {
    if (this.#check !== undefined) {
      const user: unknown = await this.#check(request, ticket)
      if (user === undefined || user === null) return undefined
      checkUser(user, checkedFields, 'the answer of check of ticket', true)
      const { authid, role, extra } = user
      return { authid, authrole: role, authprovider: 'dynamic', ...(extra && { authextra: extra }) }
    }
    const authid = request.authid as string
    const directory = this.#directory as Directory<TicketUser>
    const user = await directory.find(request, authid)
    // compared for unknown users too, so that both take the same time
    const isRight = sameSecret(ticket, user?.ticket ?? '')
    return isRight && user !== undefined ? directory.principal(authid, user) : undefined
  }
}
