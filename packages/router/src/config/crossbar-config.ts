import { pbkdf2Key } from '@autobahn-ts/wamp/protocol'
import { shownValue } from '@autobahn-ts/websocket/portable'
import { type ConfigProblem, ConfigProblems } from './config-problems.ts'
import { Fields, type Mistake } from './fields.ts'
import { parsed } from './read-config.ts'
import { type AuthConfig, type ListenerConfig, type RouterConfig, routerConfig } from './router-config.ts'
import { pathOf, sentencesOf } from './sentences.ts'

type Draft = Record<string, unknown>

/** A config of Crossbar as a config of this router, and what it says beyond that. */
export interface CrossbarConfig {
  readonly config: RouterConfig
  /** Everything that was not understood, with its place: it has no effect here. */
  readonly ignored: readonly ConfigProblem[]
}

/** Tells whether a text is the config of a Crossbar node: an object with `workers`. */
export function isCrossbarConfig(text: string, file: string): boolean {
  const { value } = parsed(text, file)
  return typeof value === 'object' && value !== null && 'workers' in value
}

/**
 * Reads a `config.json` of Crossbar: realms with static roles, transports, and static authentication. What does not mean the same here is
 * listed and not guessed. Throws `ConfigProblems` where what was understood does not make a config.
 */
export function readCrossbarConfig(text: string, file: string): CrossbarConfig {
  const { value, placeOf } = parsed(text, file)
  const node = new Fields(value, [])
  const reading = new CrossbarReading(node)
  const draft = reading.config()
  const placed = ({ path, message }: Mistake): ConfigProblem => ({ ...placeOf(path), message })
  if (node.mistakes.length > 0) throw new ConfigProblems(file, node.mistakes.map(placed))
  const result = routerConfig.safeParse(draft)
  if (!result.success) {
    const problems = sentencesOf(result.error.issues, draft).map(({ path, message }) =>
      placed({ path: sourceOf(path, draft, node), message: `after translation, ${message}` }),
    )
    throw new ConfigProblems(file, problems)
  }
  const unread = node.untaken().map(path => placed({ path, message: `${pathOf(path)} has no effect here` }))
  return { config: result.data, ignored: [...unread, ...reading.notes.map(placed)] }
}

/** Finds the path in the text of Crossbar for a path in the config that was made of it: that of the innermost object whose source is known. */
function sourceOf(path: readonly PropertyKey[], draft: Draft, node: Fields): readonly PropertyKey[] {
  let at: unknown = draft
  let source: readonly PropertyKey[] = []
  for (const name of path) {
    at = (at as Draft | undefined)?.[name as string]
    source = (typeof at === 'object' && at !== null && node.sourceOf(at)) || [...source, name]
  }
  return source
}

class CrossbarReading {
  readonly #node: Fields
  readonly #realms: Record<string, Draft> = {}
  readonly #listeners: ListenerConfig[] = []
  readonly #auths: Fields[] = []
  /** The transports without authentication. */
  readonly #open: Fields[] = []

  constructor(node: Fields) {
    this.#node = node
  }

  config(): Draft {
    this.#node.take('version')
    this.#node.take('$schema')
    if (!Array.isArray(this.#node.take('workers'))) this.#node.mistake('must be a list', 'workers')
    for (const worker of this.#node.list('workers')) {
      if (worker.take('type') !== 'router') continue
      for (const realm of worker.list('realms')) this.#realm(realm)
      for (const transport of worker.list('transports')) this.#transport(transport)
    }
    for (const auth of this.#auths) this.#authIntoRealms(auth)
    return { realms: this.#realms, ...(this.#listeners.length > 0 && { listeners: this.#listeners }) }
  }

  /** Transports that mean something else here than in Crossbar, where each transport has its own authentication. */
  get notes(): readonly Mistake[] {
    if (this.#open.length === this.#auths.length) return []
    return this.#open.map(({ path }) => ({
      path,
      message: `${pathOf(path)} has no auth, so that clients may be anonymous at every transport here`,
    }))
  }

  #realm(realm: Fields): void {
    const roles: Record<string, Draft> = {}
    for (const role of realm.list('roles')) {
      const authorizer = role.take('authorizer')
      const permissions = role.list('permissions').map(permissionOf)
      const name = role.text('name')
      if (Object.hasOwn(roles, name)) role.mistake('is the second role of this name', 'name')
      roles[name] = role.made(authorizer === undefined ? { permissions } : { authorizer })
    }
    const name = realm.text('name')
    if (Object.hasOwn(this.#realms, name)) realm.mistake('is the second realm of this name', 'name')
    this.#realms[name] = realm.made({ roles })
  }

  #transport(transport: Fields): void {
    const type = transport.take('type')
    if (type !== 'websocket' && type !== 'rawsocket' && type !== 'web' && type !== 'universal') return transport.release('type')
    const endpoint = endpointOf(transport)
    if (type === 'websocket')
      this.#auth(transport, () => this.#listeners.push(transport.made({ ...endpoint, rawSocket: false, longPoll: false })))
    if (type === 'rawsocket') this.#auth(transport, () => this.#listeners.push(transport.made({ ...endpoint, longPoll: false })))
    if (type === 'web') this.#web(transport, { ...endpoint, rawSocket: false })
    if (type === 'universal') this.#universal(transport, endpoint)
    transport.take('serializers')
  }

  #universal(transport: Fields, endpoint: ListenerConfig): void {
    const rawsocket = transport.object('rawsocket')
    if (rawsocket) this.#auth(rawsocket, () => rawsocket.take('serializers'))
    const websocket = transport.object('websocket')
    for (const path of websocket?.objects() ?? []) this.#auth(path, () => path.take('type'))
    const listener = { ...endpoint, rawSocket: rawsocket !== undefined }
    const web = transport.object('web')
    if (web) this.#web(web, listener)
    else this.#listeners.push(transport.made({ ...listener, longPoll: false }))
  }

  #web(web: Fields, endpoint: ListenerConfig): void {
    const statics: Record<string, string> = {}
    let listener: ListenerConfig = { ...endpoint, longPoll: false }
    for (const path of web.object('paths')?.objects() ?? []) {
      const url = path.name === '/' ? '/' : `/${path.name}`
      const type = path.take('type')
      if (type === 'websocket' && listener.path !== undefined) {
        // a listener has one path of WebSocket
        path.release('type')
      } else if (type === 'websocket') {
        this.#auth(path, () => path.take('serializers'))
        listener = { ...listener, path: url }
      } else if (type === 'longpoll') listener = { ...listener, longPoll: true }
      else if (type === 'static' && path.has('directory')) statics[url] = path.text('directory')
      else path.release('type')
    }
    this.#listeners.push(web.made(Object.keys(statics).length > 0 ? { ...listener, static: statics } : listener))
  }

  /** Notes the authentication of a transport. Without any, everybody is anonymous, as in Crossbar. */
  #auth(transport: Fields, then: () => void): void {
    const auth = transport.object('auth')
    // a transport whose authentication was not understood must not be open to everybody
    if (auth === undefined && transport.has('auth')) transport.mistake('must be an object', 'auth')
    if (auth === undefined) this.#open.push(transport)
    this.#auths.push(auth ?? new Fields({ anonymous: { type: 'static', role: 'anonymous' } }, []))
    then()
  }

  #authIntoRealms(auth: Fields): void {
    // without any method that is understood nobody may join, where a realm without the option would let in everybody
    for (const realm of Object.values(this.#realms)) realm.auth ??= {}
    for (const method of auth.objects()) {
      const kind = method.take('type')
      for (const [name, realm] of Object.entries(this.#realms)) {
        if (method.name === 'cookie') {
          realm.auth = { ...(realm.auth as Draft | undefined), cookie: {} }
          continue
        }
        const known = { ...(realm.auth as Readonly<Record<string, Draft>> | undefined) }
        const read = authOf(kind, method, name)
        if (read) realm.auth = { ...known, [read[0]]: merged(known[read[0]], read[1]) }
        else method.release('type')
      }
    }
  }
}

/** Two transports may know different users by one method. */
function merged(one: Draft | undefined, other: Draft): Draft {
  const users = { ...(one?.users as Draft | undefined), ...(other.users as Draft | undefined) }
  return { ...one, ...other, ...(Object.keys(users).length > 0 && { users }) }
}

/** Reads a method of a kind, which is static where it is left out; `undefined` where it is not understood. */
function authOf(kind: unknown, method: Fields, realm: string): [keyof AuthConfig, Draft] | undefined {
  if (kind === 'dynamic') return dynamicAuth(method)
  return kind === 'static' || kind === undefined ? staticAuth(method, realm) : undefined
}

function dynamicAuth(method: Fields): [keyof AuthConfig, Draft] | undefined {
  const name = methodNames.get(method.name)
  const procedure = method.take('authenticator')
  return name === undefined || name === 'anonymous' || procedure === undefined ? undefined : [name, { procedure }]
}

function staticAuth(method: Fields, realm: string): [keyof AuthConfig, Draft] | undefined {
  const name = methodNames.get(method.name)
  if (name === undefined) return undefined
  if (name === 'anonymous') return [name, { role: method.take('role') ?? 'anonymous' }]
  const users: Draft = {}
  const list = method.object('principals') ?? method.object('users')
  for (const user of list?.objects() ?? []) {
    const own = user.take('realm')
    if (own === undefined || own === realm) users[user.name] = user.made(userOf(name, user))
  }
  return [name, { users }]
}

function userOf(method: keyof AuthConfig, user: Fields): Draft {
  const role = user.take('role') ?? 'anonymous'
  if (method === 'ticket') return { ticket: user.take('ticket'), role }
  if (method === 'cryptosign') return { authorizedKeys: user.take('authorized_keys'), role }
  if (method === 'tls') return { fingerprint: user.take('certificate-sha256') ?? user.take('fingerprint'), role }
  if (method === 'scram') {
    return {
      kdf: user.take('kdf') === 'pbkdf2' ? 'pbkdf2' : 'argon2id13',
      salt: base64Of(user.take('salt')),
      iterations: user.take('iterations'),
      memory: user.take('memory'),
      storedKey: base64Of(user.take('stored-key')),
      serverKey: base64Of(user.take('server-key')),
      role,
    }
  }
  return { ...craSecretOf(user.take('secret'), user), role }
}

/**
 * Reads the secret of WAMP-CRA. With a salt, Crossbar up to 24 has the derived key there, as base64, and Crossbar from 25 on the plain secret. Text
 * that cannot be a key of the length that the user has is the secret.
 */
function craSecretOf(secret: unknown, user: Fields): Draft {
  const salt = user.take('salt')
  if (salt === undefined) return { secret }
  const { iterations = 1000, keylen = 32 } = { iterations: user.take('iterations'), keylen: user.take('keylen') }
  const draft = { secret, salt, iterations, keylen }
  if (typeof secret !== 'string' || typeof salt !== 'string' || !isCount(iterations) || !isCount(keylen)) return draft
  if (base64Length(secret) === keylen) return draft
  return { ...draft, secret: pbkdf2Key(secret, { salt, iterations, keylen }) }
}

/** The number of octets that a text is as base64; `undefined` where it is something else. */
function base64Length(text: string): number | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  return (text.length / 4) * 3 - (text.match(/=/g)?.length ?? 0)
}

/** Whether a number may go to the derivation; others are for the schema to refuse. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= mostRounds
}

const mostRounds = 10_000_000

/** Crossbar writes keys and salts of SCRAM as hex. */
function base64Of(hex: unknown): unknown {
  if (typeof hex !== 'string' || !/^([0-9a-fA-F]{2})+$/.test(hex)) return hex
  return btoa(hex.replace(/../g, pair => String.fromCharCode(Number.parseInt(pair, 16))))
}

function permissionOf(permission: Fields): Draft {
  const uri = permission.text('uri')
  const match = permission.take('match')
  permission.take('cache')
  const rest = { allow: permission.take('allow'), disclose: permission.take('disclose') }
  // the old spelling of a prefix
  if (match === undefined && uri.endsWith('*')) return permission.made({ uri: uri.slice(0, -1), match: 'prefix', ...rest })
  return permission.made({ uri, match, ...rest })
}

function endpointOf(transport: Fields): ListenerConfig {
  const endpoint = transport.object('endpoint')
  if (endpoint === undefined) return { port: 8080 }
  if (endpoint.take('type') === 'unix') return { unix: endpoint.text('path') }
  const tls = endpoint.object('tls')
  if (tls === undefined && endpoint.has('tls')) endpoint.mistake('must be an object', 'tls')
  const authorities = tls?.take('ca_certificates')
  return {
    // without an interface, Crossbar listens on all
    host: endpoint.has('interface') ? endpoint.text('interface') : '0.0.0.0',
    port: portIn(endpoint),
    ...(tls && {
      tls: {
        cert: tls.text('certificate'),
        key: tls.text('key'),
        ...(Array.isArray(authorities) && authorities.length > 0 && { ca: String(authorities[0]) }),
      },
    }),
  }
}

function portIn(endpoint: Fields): number {
  const port = endpoint.take('port')
  const number = typeof port === 'string' && port !== '' ? Number(port) : port
  if (typeof number === 'number' && Number.isInteger(number)) return number
  endpoint.mistake(`must be a port, and not ${shownValue(port)}`, 'port')
  return 0
}

const methodNames = new Map<string, keyof AuthConfig>([
  ['anonymous', 'anonymous'],
  ['ticket', 'ticket'],
  ['wampcra', 'wampcra'],
  ['scram', 'scram'],
  ['wamp-scram', 'scram'],
  ['cryptosign', 'cryptosign'],
  ['tls', 'tls'],
])
