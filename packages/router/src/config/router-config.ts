import { z } from 'zod'

/** A match policy: exact by default. */
type Match = 'exact' | 'prefix' | 'wildcard'

/** Users in the file, or the name of a procedure that finds one; exactly one of both. */
interface UserSource<User> {
  readonly users?: Readonly<Record<string, User & UserFacts>> | undefined
  readonly procedure?: string | undefined
}

interface UserFacts {
  readonly role: string
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

interface CraSecret {
  readonly secret: string
  readonly salt?: string | undefined
  readonly iterations?: number | undefined
  readonly keylen?: number | undefined
}

interface ScramKeys {
  readonly kdf: 'pbkdf2' | 'argon2id13'
  readonly salt: string
  readonly iterations: number
  readonly memory?: number | undefined
  readonly storedKey: string
  readonly serverKey: string
}

/** The methods by which clients may join a realm. */
export interface AuthConfig {
  readonly anonymous?: { readonly role: string } | undefined
  readonly ticket?: UserSource<{ readonly ticket: string }> | undefined
  readonly wampcra?: UserSource<CraSecret> | undefined
  readonly scram?: UserSource<ScramKeys> | undefined
  readonly cryptosign?:
    | (UserSource<{ readonly authorizedKeys: readonly string[] }> & { readonly routerKey?: string | undefined })
    | undefined
  readonly tls?: UserSource<{ readonly fingerprint: string }> | undefined
  readonly cookie?: { readonly maxAge?: number | undefined; readonly secure?: boolean | undefined } | undefined
}

/** The rights of a role. */
export interface RoleConfig {
  readonly permissions?: readonly PermissionConfig[] | undefined
  readonly authorizer?: string | undefined
  readonly link?: boolean | undefined
  readonly trustedPayloads?: boolean | undefined
  readonly trustLevel?: number | undefined
}

interface PermissionConfig {
  readonly uri: string
  readonly match?: Match | undefined
  readonly allow?: { readonly [action in 'call' | 'register' | 'publish' | 'subscribe']?: boolean | undefined } | undefined
  readonly disclose?: { readonly caller?: boolean | undefined; readonly publisher?: boolean | undefined } | undefined
}

export interface RealmConfig {
  readonly auth?: AuthConfig | undefined
  readonly roles?: Readonly<Record<string, RoleConfig>> | undefined
  readonly maxSessions?: number | undefined
  readonly holdPublishers?: boolean | undefined
  readonly resumption?:
    | boolean
    | { readonly [option in 'seconds' | 'octets' | 'messages' | 'sessions' | 'totalOctets']?: number | undefined }
    | undefined
  readonly history?:
    | readonly {
        readonly topic: string
        readonly match?: Match | undefined
        readonly limit?: number | undefined
        /** Another name of `limit`. */
        readonly count?: number | undefined
      }[]
    | undefined
  readonly links?: readonly LinkConfig[] | undefined
}

/** A link to a realm of another router. */
export interface LinkConfig {
  readonly url: string
  readonly realm?: string | undefined
  readonly auth?:
    | { readonly method: 'ticket' | 'wampcra' | 'scram' | 'cryptosign'; readonly authid: string; readonly secret: string }
    | undefined
  readonly serializer?: 'json' | 'msgpack' | 'cbor' | undefined
  readonly ca?: string | undefined
  readonly events?: readonly LinkRuleConfig[] | undefined
  readonly calls?: readonly LinkRuleConfig[] | undefined
  readonly maxHops?: number | undefined
}

interface LinkRuleConfig {
  readonly uri: string
  readonly match?: Match | undefined
  readonly direction?: 'in' | 'out' | 'both' | undefined
}

/** A place where clients reach the router. */
export interface ListenerConfig {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly unix?: string | undefined
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string | undefined } | undefined
  readonly rawSocket?: boolean | undefined
  readonly longPoll?: boolean | undefined
  readonly path?: string | undefined
  readonly allowedOrigins?: readonly string[] | undefined
  readonly static?: Readonly<Record<string, string>> | undefined
}

/** The config of a router, as its file has it. */
export interface RouterConfig {
  readonly $schema?: string | undefined
  readonly realms: Readonly<Record<string, RealmConfig>>
  readonly listeners?: readonly ListenerConfig[] | undefined
  readonly metrics?: boolean | undefined
  readonly page?: boolean | undefined
  readonly logLevel?: 'silent' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | undefined
  readonly shutdownTimeout?: number | undefined
}

const uri = z
  .string()
  .regex(/^([^\s.#]+\.)*[^\s.#]+$/, 'must be a URI such as com.example.add: components without blanks and #, with dots between')
const text = z.string().min(1, 'must not be empty')
const count = z.int().min(1)
const role = {
  role: text.describe('The role of the sessions'),
  extra: z.record(z.string(), z.unknown()).optional().describe('Facts for WELCOME.Details.authextra'),
}
const publicKey = z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be 64 letters of hex')

/** Users in the file, or the name of a procedure that finds one. */
function users<User extends z.ZodType>(user: User) {
  return {
    users: z.record(z.string(), user).optional().describe('The users by name'),
    procedure: uri
      .optional()
      .describe('A procedure that finds a user: it is called with the realm, the name and the details of the client'),
  }
}

const oneSource = (source: { users?: unknown; procedure?: unknown }) => (source.users === undefined) !== (source.procedure === undefined)
const oneSourceMessage = 'needs either users or procedure'

const ticketUser = z.strictObject({ ticket: text, ...role })
const craUser = z.strictObject({
  secret: text,
  salt: text.optional(),
  iterations: count.optional(),
  keylen: count.max(1024).optional(),
  ...role,
})
const scramUser = z.strictObject({
  kdf: z.enum(['pbkdf2', 'argon2id13']),
  salt: z.base64(),
  iterations: count,
  memory: count.optional(),
  storedKey: z.base64(),
  serverKey: z.base64(),
  ...role,
})
const cryptosignUser = z.strictObject({ authorizedKeys: z.array(publicKey).min(1), ...role })
const certificateUser = z.strictObject({
  fingerprint: z
    .string()
    .regex(/^([0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/, 'must be a SHA-256 fingerprint: 64 letters of hex, with or without colons'),
  ...role,
})

const auth = z
  .strictObject({
    anonymous: z.strictObject({ role: text }).optional().describe('Lets in clients without a name'),
    ticket: z.strictObject(users(ticketUser)).refine(oneSource, oneSourceMessage).optional(),
    wampcra: z.strictObject(users(craUser)).refine(oneSource, oneSourceMessage).optional(),
    scram: z.strictObject(users(scramUser)).refine(oneSource, oneSourceMessage).optional(),
    cryptosign: z
      .strictObject({ ...users(cryptosignUser), routerKey: publicKey.optional() })
      .refine(oneSource, oneSourceMessage)
      .optional(),
    tls: z.strictObject(users(certificateUser)).refine(oneSource, oneSourceMessage).optional(),
    cookie: z
      .strictObject({ maxAge: count.max(31_536_000).optional(), secure: z.boolean().optional() })
      .optional()
      .describe('Lets in browsers whose clients have joined before by another method'),
  })
  .describe('The methods by which clients may join; a method that is not named is not offered')

const actions = z.strictObject({ call: z.boolean(), register: z.boolean(), publish: z.boolean(), subscribe: z.boolean() }).partial()
const permission = z.strictObject({
  uri: z.string().describe('A URI, the beginning of URIs, or a URI with empty components, as match says'),
  match: z.enum(['exact', 'prefix', 'wildcard']).optional(),
  allow: actions.optional().describe('The actions that are allowed; all others are denied'),
  disclose: z.strictObject({ caller: z.boolean(), publisher: z.boolean() }).partial().optional(),
})
const roleOptions = z.strictObject({
  permissions: z.array(permission).optional(),
  authorizer: uri.optional().describe('A procedure that decides in place of permissions'),
  trustLevel: z.int().min(0).optional().describe('The level of trust that receivers of its calls and events are told'),
  link: z.boolean().optional().describe('Whether sessions of this role are links to other routers, whose words about other sessions count'),
  trustedPayloads: z.boolean().optional().describe('Whether payloads of this role are handed on without a check'),
})

const linkRules = z
  .array(
    z.strictObject({
      uri: z.string(),
      match: z.enum(['exact', 'prefix', 'wildcard']).optional(),
      direction: z.enum(['in', 'out', 'both']).optional().describe('out: what begins at this router; in: what begins at the other one'),
    }),
  )
  .optional()

const link = z
  .strictObject({
    url: z
      .string()
      .regex(/^(wss?|rss?|unix|wss?\+unix):/, 'must be a URL of a router, such as wss://wamp.example.com or rs://10.0.0.2:8080')
      .describe('The URL of the other router'),
    realm: uri.optional().describe('The realm of the other router; the one with the same name by default'),
    auth: z
      .strictObject({
        method: z.enum(['ticket', 'wampcra', 'scram', 'cryptosign']),
        authid: text,
        secret: text.describe('The ticket, the secret, the password, or the private key in hex'),
      })
      .optional()
      .describe('The name and the secret of the link at the other router; it joins as anonymous by default'),
    serializer: z.enum(['json', 'msgpack', 'cbor']).optional(),
    ca: text.optional().describe('File with the certificates of those who sign the other router (PEM)'),
    events: linkRules.describe('The topics whose events go over the link'),
    calls: linkRules.describe('The procedures whose calls go over the link'),
    maxHops: count.optional().describe('The number of links that an event or a call may cross; 1 by default'),
  })
  .refine(({ events = [], calls = [] }) => events.length + calls.length > 0, 'needs a rule in events or in calls')

const realm = z.strictObject({
  auth: auth.optional(),
  roles: z.record(z.string(), roleOptions).optional(),
  maxSessions: count.optional(),
  holdPublishers: z
    .boolean()
    .optional()
    .describe('Whether publishers are not read while all receivers of their event are full, a second at most; false by default'),
  resumption: z
    .union([
      z.boolean(),
      z.strictObject({ seconds: count.max(86_400), octets: count, messages: count, sessions: count, totalOctets: count }).partial(),
    ])
    .optional()
    .describe('Whether sessions may outlive the loss of their transport, and the bounds of that'),
  history: z
    .array(
      z
        .strictObject({
          topic: z.string(),
          match: z.enum(['exact', 'prefix', 'wildcard']).optional(),
          limit: count.optional().describe('The number of events that are kept; 100 by default'),
          count: count.optional().describe('Another name of limit'),
        })
        .refine(rule => rule.limit === undefined || rule.count === undefined, 'has limit and count, which are the same: write limit'),
    )
    .optional()
    .describe('Topics whose last events are kept, for wamp.subscription.get_events'),
  links: z.array(link).optional().describe('Links to realms of other routers'),
})

const tls = z.strictObject({
  cert: text.describe('File with the certificate and its chain (PEM)'),
  key: text.describe('File with the private key (PEM)'),
  ca: text.optional().describe('File with the certificates of those who sign clients (PEM); clients may then join by the method tls'),
})

const listener = z
  .strictObject({
    host: text.optional().describe('Address to listen on; 127.0.0.1 by default'),
    port: z.int().min(0).max(65535).optional(),
    unix: text.optional().describe('Unix socket to listen on in place of a port'),
    tls: tls.optional(),
    rawSocket: z.boolean().optional(),
    longPoll: z.boolean().optional(),
    path: z.string().startsWith('/').optional().describe('URL path of WebSocket; / by default'),
    allowedOrigins: z.array(text).optional().describe('Origins of web pages that may connect, beside those of this server'),
    static: z.record(z.string().startsWith('/'), text).optional().describe('Folders of files by URL path'),
  })
  .refine(({ port, unix }) => (port === undefined) !== (unix === undefined), 'needs either port or unix')

/** The schema of the config of a router. */
export const routerConfig: z.ZodType<RouterConfig> = z
  .strictObject({
    $schema: z.string().optional(),
    realms: z.record(uri, realm).describe('The realms by name'),
    listeners: z.array(listener).optional().describe('Where clients reach the router; 127.0.0.1:8080 by default'),
    metrics: z.boolean().optional().describe('Whether /metrics answers'),
    page: z.boolean().optional().describe('Whether the page at / is served'),
    logLevel: z.enum(['silent', 'error', 'warn', 'info', 'debug', 'trace']).optional(),
    shutdownTimeout: z.number().positive().max(86_400).optional().describe('Seconds that calls, and then sessions, have to end'),
  })
  .describe('The config of autobahn-ts router')
