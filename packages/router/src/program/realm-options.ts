import { ErrorUri, WampError } from '@autobahn-ts/wamp'
import type { MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import type { AuthOptions, KnownUser, Users } from '../auth/auth-options.ts'
import type { JoinRequest } from '../auth/join-request.ts'
import type { AuthConfig, RealmConfig, RoleConfig } from '../config/router-config.ts'
import type { Party } from '../parties/party.ts'
import type { Access, Action, Verdict } from '../realm/access.ts'
import { RoleAccess } from '../router/role-access.ts'
import type { RealmOptions } from '../router/router.ts'
import { VerdictCache } from './verdict-cache.ts'

/** Calls a procedure of the realm, by the router's own session. */
export type CallProcedure = (procedure: Uri, args: readonly unknown[]) => Promise<unknown>

/** Makes the options of a realm out of its config. */
export function realmOptionsOf(config: RealmConfig, call: CallProcedure, now: () => number): RealmOptions {
  const { auth, roles, maxSessions, holdPublishers, resumption, history } = config
  return {
    ...(auth && { auth: authOptionsOf(auth, call) }),
    ...(roles && {
      access: new ConfiguredAccess(roles, call, now),
      linkRoles: rolesWith(roles, 'link'),
      trustLevels: trustLevelsIn(roles),
      trustedRoles: rolesWith(roles, 'trustedPayloads'),
    }),
    ...(maxSessions !== undefined && { maxSessions }),
    ...(holdPublishers !== undefined && { holdPublishers }),
    ...(resumption !== undefined && { resumption: resumption as NonNullable<RealmOptions['resumption']> }),
    ...(history && { history: history.map(({ topic, match, count = 100, limit = count }) => ({ topic, match, limit })) }),
  }
}

function rolesWith(roles: Readonly<Record<string, RoleConfig>>, option: 'link' | 'trustedPayloads'): string[] {
  return Object.keys(roles).filter(name => roles[name]?.[option] === true)
}

function trustLevelsIn(roles: Readonly<Record<string, RoleConfig>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(roles).flatMap(([name, { trustLevel }]) => (trustLevel === undefined ? [] : [[name, trustLevel]])),
  )
}

function authOptionsOf({ anonymous, ticket, wampcra, scram, cryptosign, tls, cookie }: AuthConfig, call: CallProcedure): AuthOptions {
  const users = <User extends KnownUser>(source: { users?: unknown; procedure?: string | undefined }): Users<User> =>
    source.procedure === undefined
      ? { users: source.users as Readonly<Record<string, User>> }
      : { find: (request, authid) => asked<User>(call, source.procedure as string, request, authid) }
  return {
    ...(anonymous && { anonymous }),
    ...(ticket && { ticket: ticket.procedure === undefined ? users(ticket) : { check: ticketCheck(call, ticket.procedure) } }),
    ...(wampcra && { wampcra: users(wampcra) }),
    ...(scram && { scram: users(scram) }),
    ...(cryptosign && {
      cryptosign: { ...users(cryptosign), ...(cryptosign.routerKey !== undefined && { routerKey: cryptosign.routerKey }) },
    }),
    ...(tls && { tls: users(tls) }),
    ...(cookie && { cookie }),
  } as AuthOptions
}

/** Asks a procedure for a user. It answers an object with the user's role and secret, or null where there is no such user. */
async function asked<User extends KnownUser>(
  call: CallProcedure,
  procedure: Uri,
  request: JoinRequest,
  authid: string,
): Promise<User | undefined> {
  const user = await answerOf(call, procedure, [request.realm, authid, detailsOf(request)])
  return isUser(user) ? (user as unknown as User) : undefined
}

/** Asks a procedure whether a ticket is right. It answers an object with the role, or null; Crossbar's authenticators do the same. */
function ticketCheck(call: CallProcedure, procedure: Uri) {
  return async (request: JoinRequest, ticket: string) => {
    const user = await answerOf(call, procedure, [request.realm, request.authid ?? null, { ...detailsOf(request), ticket }])
    if (!isUser(user)) return undefined
    return { ...user, authid: typeof user.authid === 'string' ? user.authid : (request.authid ?? '') }
  }
}

/** Asks an authenticator. An error of it means that there is no such user; that it is not there is a fault of the operator, and rejects. */
async function answerOf(call: CallProcedure, procedure: Uri, args: readonly unknown[]): Promise<unknown> {
  try {
    return await call(procedure, args)
  } catch (error) {
    if (error instanceof WampError && error.uri !== ErrorUri.noSuchProcedure) return null
    throw error
  }
}

function detailsOf({ authextra, agent, session, transport }: JoinRequest): object {
  const { kind, peer, isSecure, certificate } = transport
  return { session, agent: agent ?? null, authextra, transport: { kind, peer, isSecure, certificate: certificate ?? null } }
}

function isUser(value: unknown): value is KnownUser & { readonly authid?: unknown } {
  return typeof value === 'object' && value !== null && typeof (value as { role?: unknown }).role === 'string'
}

/** Decides by the roles of a config: by permissions, or by a procedure whose answers are kept for a while. */
class ConfiguredAccess implements Access {
  readonly #roles: RoleAccess
  readonly #authorizers: ReadonlyMap<string, Uri>
  readonly #call: CallProcedure
  readonly #cache: VerdictCache

  constructor(roles: Readonly<Record<string, RoleConfig>>, call: CallProcedure, now: () => number) {
    const fixed = Object.entries(roles).filter(([, { authorizer }]) => authorizer === undefined)
    // the types of a config have undefined where an option is left out
    this.#roles = new RoleAccess(Object.fromEntries(fixed.map(([name, { permissions }]) => [name, permissions ?? []])) as never)
    this.#authorizers = new Map(
      Object.entries(roles).flatMap(([name, { authorizer }]) => (authorizer === undefined ? [] : [[name, authorizer]])),
    )
    this.#call = call
    this.#cache = new VerdictCache(now)
  }

  mayDo(party: Party, action: Action, uri: Uri, match: MatchPolicy): Verdict | Promise<Verdict> {
    const authorizer = this.#authorizers.get(party.authrole)
    if (authorizer === undefined) return this.#roles.mayDo(party, action, uri, match)
    return this.#cache.get(party, action, uri, match, () => this.#ask(authorizer, party, action, uri, match))
  }

  mayReceive(party: Party, topic: Uri): boolean {
    return this.#authorizers.has(party.authrole) || this.#roles.mayReceive(party, topic)
  }

  /** An authorizer answers true, false, or an object with allow and disclose; Crossbar's do the same. */
  async #ask(authorizer: Uri, party: Party, action: Action, uri: Uri, match: MatchPolicy): Promise<Verdict> {
    const session = { session: party.id, authid: party.authid, authrole: party.authrole }
    const answer = await this.#call(authorizer, [session, uri, action, { match }])
    if (typeof answer === 'boolean') return { allow: answer, disclose: false }
    const { allow, disclose } = (answer ?? {}) as { allow?: unknown; disclose?: unknown }
    return { allow: allow === true, disclose: disclose === true }
  }
}
