import { unknownName } from './unknown-name.ts'

/** A server to test. */
export interface ServerEntry {
  /** The name of the server in reports. Default: the `Server` header of its response, or its host and port. */
  readonly agent?: string
  readonly url: string
  /** The value of `Host` in the request. Default: that of the address. */
  readonly hostname?: string
  /** The value of `Origin` in the request. Default: no such header. */
  readonly origin?: string
  /** The subprotocols of the request; the server may choose one. */
  readonly protocols?: readonly string[]
  /** Whether to accept any certificate of the server. For `wss:`. */
  readonly insecure?: boolean
  /** Names of PEM files, for `wss:`. `ca` may have signed the server's certificate; `cert` and `key` are those of the client. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly options?: {
    /**
     * The version of the protocol: the number of a draft, as in configuration files of the Autobahn Testsuite (18 stands for the RFC), or
     * the value of `Sec-WebSocket-Version`. Default: 13.
     */
    readonly version?: number
  }
}

/** The options that both fuzzers have. */
export interface CaseChoice {
  /** The folder of the reports. Default: no report is written. */
  readonly outdir?: string
  /** Patterns such as `1.*` and `7.1.6`, and the words `classic`, `extra` and `all`. Default: `classic`, which is 517 cases. */
  readonly cases?: readonly string[]
  /** Whether to judge more strictly than the Autobahn Testsuite; the README lists the differences. Default: false. */
  readonly strict?: boolean
  /** Patterns of cases to leave out. */
  readonly excludeCases?: readonly string[]
  /** Patterns of cases to leave out for one agent, whose name may contain `*`. */
  readonly excludeAgentCases?: Readonly<Record<string, readonly string[]>>
}

export interface FuzzingClientConfig extends CaseChoice {
  readonly servers: readonly ServerEntry[]
}

export interface FuzzingServerConfig extends CaseChoice {
  /** The address to listen on. Default: `ws://127.0.0.1:9001`. `wss:` needs a certificate and its key. */
  readonly url?: string
  /** Names of the PEM files with the certificate and the private key. */
  readonly cert?: string
  readonly key?: string
  /** The name of a PEM file with a certificate. Clients then need a certificate that it signed. */
  readonly ca?: string
}

/** Thrown for a configuration that cannot be used; the message names the place and the fault. */
export class BadConfig extends Error {
  override readonly name = 'BadConfig'
}

/**
 * Reads a `fuzzingclient.json`. Unknown names are ignored, because such files may contain settings for other tools. Calls `warn` for each,
 * because it may be misspelt.
 */
export function readClientConfig(text: string, warn: (message: string) => void = () => {}): FuzzingClientConfig {
  const config = objectIn(text)
  warnOfUnknown(config, ['servers', ...choiceNames], 'the configuration', warn)
  const { servers } = config
  if (!Array.isArray(servers) || servers.length === 0) throw new BadConfig('servers must be a list of at least one server')
  return { ...choiceIn(config), servers: servers.map((server, n) => serverIn(server, `servers[${n}]`, warn)) }
}

/** Reads a `fuzzingserver.json`. Calls `warn` for each unknown name. */
export function readServerConfig(text: string, warn: (message: string) => void = () => {}): FuzzingServerConfig {
  const config = objectIn(text)
  warnOfUnknown(config, ['url', 'cert', 'key', 'ca', ...choiceNames], 'the configuration', warn)
  const url = config.url === undefined ? undefined : urlIn(config.url, 'url')
  return {
    ...choiceIn(config),
    ...(url !== undefined && { url }),
    ...textIn(config, 'cert', 'configuration'),
    ...textIn(config, 'key', 'configuration'),
    ...textIn(config, 'ca', 'configuration'),
  }
}

function choiceIn(config: JsonObject): CaseChoice {
  const { outdir } = config
  if (outdir !== undefined && typeof outdir !== 'string') throw new BadConfig('outdir must be the name of a folder')
  const byAgent = config['exclude-agent-cases'] ?? {}
  if (!isObject(byAgent)) throw new BadConfig('exclude-agent-cases must be an object of lists, one per agent')
  const excludeAgentCases = Object.fromEntries(
    Object.entries(byAgent).map(([agent, list]) => [agent, patternsIn(list, `exclude-agent-cases.${agent}`)]),
  )
  return {
    ...(outdir !== undefined && { outdir }),
    cases: config.cases === undefined ? ['*'] : patternsIn(config.cases, 'cases'),
    excludeCases: config['exclude-cases'] === undefined ? [] : patternsIn(config['exclude-cases'], 'exclude-cases'),
    excludeAgentCases,
  }
}

function serverIn(value: unknown, where: string, warn: (message: string) => void): ServerEntry {
  if (!isObject(value)) throw new BadConfig(`${where} must be an object with a url`)
  warnOfUnknown(value, serverNames, where, warn)
  const url = urlIn(value.url, `${where}.url`)
  const { options = {}, protocols = [], insecure } = value
  if (!isObject(options)) throw new BadConfig(`${where}.options must be an object`)
  warnOfUnknown(options, ['version'], `${where}.options`, warn)
  const { version } = options
  if (version !== undefined && (typeof version !== 'number' || !Number.isInteger(version) || version < 0))
    throw new BadConfig(`${where}.options.version must be a whole number, not ${shownValue(version)}`)
  if (!Array.isArray(protocols) || !protocols.every(each => typeof each === 'string' && token.test(each)))
    throw new BadConfig(`${where}.protocols must be a list of tokens, not ${shownValue(protocols)}`)
  if (insecure !== undefined && typeof insecure !== 'boolean') throw new BadConfig(`${where}.insecure must be true or false`)
  return {
    url,
    ...textIn(value, 'agent', where),
    ...textIn(value, 'hostname', where),
    ...textIn(value, 'origin', where),
    ...textIn(value, 'ca', where),
    ...textIn(value, 'cert', where),
    ...textIn(value, 'key', where),
    ...(insecure !== undefined && { insecure }),
    ...(protocols.length > 0 && { protocols }),
    ...(version !== undefined && { options: { version } }),
  }
}

/**
 * Returns a property that may be used as the value of a header, under its name; an empty object if it is missing or `null`, as the
 * Autobahn Testsuite has it.
 */
function textIn<Name extends string>(value: JsonObject, name: Name, where: string): { readonly [name in Name]?: string } {
  const text = value[name]
  if (text === undefined || text === null) return {}
  if (typeof text !== 'string' || !/^[^\r\n\0]+$/.test(text))
    throw new BadConfig(`${where}.${name} must be one line of text, not ${shownValue(text)}`)
  return { [name]: text } as { readonly [name in Name]?: string }
}

function shownValue(value: unknown): string {
  return JSON.stringify(value).slice(0, 100)
}

function urlIn(value: unknown, where: string): string {
  if (typeof value !== 'string' || !/^wss?:\/\/./.test(value) || !URL.canParse(value))
    throw new BadConfig(`${where} must be an address with ws:// or wss://`)
  return value
}

function patternsIn(value: unknown, where: string): string[] {
  if (!Array.isArray(value) || !value.every(each => typeof each === 'string'))
    throw new BadConfig(`${where} must be a list of patterns such as "1.*"`)
  return value
}

/** A token of RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+.^`|~\w-]+$/

function warnOfUnknown(config: JsonObject, known: readonly string[], where: string, warn: (message: string) => void): void {
  const unknown = Object.keys(config).filter(name => !known.includes(name) && !ofOthers.includes(name))
  for (const name of unknown) warn(`unknown key ${unknownName(name, known, where)}`)
}

const serverNames = ['agent', 'url', 'options', 'protocols', 'insecure', 'hostname', 'origin', 'ca', 'cert', 'key']
const choiceNames = ['outdir', 'cases', 'exclude-cases', 'exclude-agent-cases']
/** Keys of the Autobahn Testsuite's configuration files that have no meaning here. */
const ofOthers = ['options', 'webport', 'key', 'cert', 'failByDrop']

type JsonObject = Readonly<Record<string, unknown>>

function objectIn(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new BadConfig(`this is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isObject(value)) throw new BadConfig('a configuration must be a JSON object')
  return value
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
