import type { CertificateUser, KnownUser, Users } from './auth-options.ts'
import { Directory } from './directory.ts'
import type { JoinRequest } from './join-request.ts'
import type { FirstStep, Method, Principal } from './method.ts'
import { certificateFields } from './user-fields.ts'

/** Identifies clients by their certificate, which TLS has verified. */
export class CertificateMethod implements Method {
  readonly name = 'tls'
  readonly #directory: Directory<CertificateUser>
  /** The names of users by fingerprint, for clients that do not give a name. */
  readonly #names = new Map<string, string>()

  constructor(users: Users<CertificateUser>) {
    this.#directory = new Directory(this.name, users, certificateFields)
    if ('users' in users) for (const [name, user] of Object.entries(users.users)) this.#names.set(plain(user.fingerprint), name)
  }

  get users(): Directory<KnownUser> {
    return this.#directory
  }

  knows(principal: Principal): boolean {
    return this.#directory.knows(principal)
  }

  async begin(request: JoinRequest): Promise<FirstStep> {
    const { certificate } = request.transport
    if (certificate === undefined) return undefined
    const authid = request.authid ?? this.#names.get(plain(certificate))
    if (authid === undefined) return undefined
    const user = await this.#directory.find(request, authid)
    if (user === undefined || plain(user.fingerprint) !== plain(certificate)) return undefined
    return { principal: this.#directory.principal(authid, user) }
  }
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase()
}
