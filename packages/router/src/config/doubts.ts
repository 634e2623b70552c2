import { shownValue } from '@autobahn-ts/websocket/portable'
import type { ConfigProblem } from './config-problems.ts'
import { nearestHint } from './option-names.ts'
import { parsed } from './read-config.ts'
import type { AuthConfig, RealmConfig, RouterConfig } from './router-config.ts'
import { pathOf } from './sentences.ts'

/** A place of a config that hardly means what it says. */
interface Doubt {
  readonly path: readonly PropertyKey[]
  /** The sentence after the name of the place. */
  readonly message: string
}

/**
 * Lists what a config without mistakes probably does not mean: roles that a realm does not have, and patterns with a `*`. `text` is what `config` was read from;
 * a router starts by it all the same.
 */
export function doubtsAbout(config: RouterConfig, text: string, file: string): ConfigProblem[] {
  const { placeOf } = parsed(text, file)
  const doubts = Object.entries(config.realms).flatMap(([name, realm]) => [...doubtsAboutRealm(['realms', name], realm)])
  return doubts.map(({ path, message }) => ({ ...placeOf(path), message: `${pathOf(path)} ${message}` }))
}

function* doubtsAboutRealm(path: readonly PropertyKey[], realm: RealmConfig): Generator<Doubt> {
  const { roles } = realm
  if (roles === undefined) return
  for (const [name, { permissions = [] }] of Object.entries(roles))
    for (const [index, { uri }] of permissions.entries())
      if (uri.includes('*'))
        yield {
          path: [...path, 'roles', name, 'permissions', index, 'uri'],
          message: 'has a *, which stands for itself; a prefix has match: prefix and no *',
        }
  const known = Object.keys(roles)
  if (realm.auth === undefined && !known.includes('anonymous'))
    yield { path: [...path, 'roles'], message: 'has no role anonymous, which is the role of everybody in a realm without auth' }
  for (const [at, role] of rolesIn(realm.auth ?? {}))
    if (!known.includes(role)) yield { path: [...path, 'auth', ...at], message: missingRole(role, known) }
}

function missingRole(role: string, known: readonly string[]): string {
  const hint = nearestHint(role, known)
  return `is ${shownValue(role)}, which is not among the roles of the realm and may do nothing${hint === undefined ? '' : `; ${hint}`}`
}

/** Returns the roles that the config gives to clients, each with its place in `auth`. */
function rolesIn(auth: AuthConfig): (readonly [path: readonly PropertyKey[], role: string])[] {
  const { anonymous, cookie: _, ...methods } = auth
  const ofUsers = Object.entries(methods).flatMap(([method, source]) =>
    Object.entries(source?.users ?? {}).map(([name, { role }]) => [[method, 'users', name, 'role'], role] as const),
  )
  return anonymous === undefined ? ofUsers : [[['anonymous', 'role'], anonymous.role] as const, ...ofUsers]
}
