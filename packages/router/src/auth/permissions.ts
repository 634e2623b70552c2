import type { MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse, checkOptions, type OptionChecks, optionCheck, shownValue, trueOrFalse } from '@autobahn-ts/websocket/portable'
import { anObject } from './auth-checks.ts'
import { contains, intersection, type UriSet, uriSet } from './uri-set.ts'

/** The four things that a session may ask for, each with a URI. */
export type Action = 'call' | 'register' | 'publish' | 'subscribe'

/** A rule of a role: what it may do with the URIs of a pattern. An action that a rule does not name is denied by it. */
export interface Permission {
  /** The pattern: a URI, the beginning of URIs, or one with empty components. */
  readonly uri: Uri
  /** Default: `exact`. */
  readonly match?: MatchPolicy
  readonly allow?: { readonly [action in Action]?: boolean }
  /** Whether callees and subscribers are told who called or published, without being asked. Default: false. */
  readonly disclose?: { readonly caller?: boolean; readonly publisher?: boolean }
}

const actionChecks: OptionChecks<NonNullable<Permission['allow']>> = {
  call: trueOrFalse,
  register: trueOrFalse,
  publish: trueOrFalse,
  subscribe: trueOrFalse,
}
const disclosureChecks: OptionChecks<NonNullable<Permission['disclose']>> = { caller: trueOrFalse, publisher: trueOrFalse }
const permissionChecks: OptionChecks<Permission> = {
  uri: optionCheck('a string', value => typeof value === 'string'),
  match: optionCheck("'exact', 'prefix' or 'wildcard'", value => kinds.includes(value as MatchPolicy)),
  allow: anObject,
  disclose: anObject,
}

/** The answer to one request. */
export interface Verdict {
  readonly allow: boolean
  readonly disclose: boolean
}

/**
 * The rules of one role. The most specific rule that matches a URI decides alone: the exact one, else the longest prefix, else the wildcard
 * with the longest run of components before its first gap, then before its second, and so on. Without a rule, everything is denied.
 */
export class Permissions {
  readonly #exact = new Map<Uri, Rule>()
  /** The rules in their order: the most specific first. */
  readonly #rules: readonly Rule[]
  readonly #patterns: readonly Rule[]

  /** Throws `ApiMisuse` for what is not a list of rules, and for two rules of one pattern. */
  constructor(permissions: readonly Permission[]) {
    if (!Array.isArray(permissions)) throw new ApiMisuse(`the permissions of a role must be a list, and not ${shownValue(permissions)}`)
    for (const permission of permissions) checkPermission(permission)
    this.#rules = permissions.map(permission => new Rule(permission)).sort((one, other) => one.compare(other))
    this.#patterns = this.#rules.filter(rule => rule.match !== 'exact')
    const seen = new Set<string>()
    for (const rule of this.#rules) {
      if (seen.has(rule.name)) throw new ApiMisuse(`there are two permissions for ${rule.name}: write one`)
      seen.add(rule.name)
      if (rule.match === 'exact') this.#exact.set(rule.uri, rule)
    }
  }

  /** Tells whether an action on a URI is allowed. */
  decide(action: Action, uri: Uri): Verdict {
    return this.#ruleFor(uri)?.verdict(action) ?? denied
  }

  /** Tells whether an action on a pattern is allowed: on every URI that the pattern can match. */
  decidePattern(action: Action, uri: Uri, match: MatchPolicy): Verdict {
    if (match === 'exact') return this.decide(action, uri)
    const asked = uriSet(uri, match)
    const reserved = isReserved(uri)
    const rules = this.#rules.filter(rule => rule.isReserved === reserved)
    if (!isAllowed(asked, action, rules, rules.length)) return denied
    for (const [at, rule] of rules.entries()) {
      if (rule.allows(action)) continue
      const wrong = intersection(asked, rule.set)
      if (wrong !== undefined && !isAllowed(wrong, action, rules, at)) return denied
    }
    return { allow: true, disclose: rules.every(rule => rule.verdict(action).disclose || intersection(asked, rule.set) === undefined) }
  }

  #ruleFor(uri: Uri): Rule | undefined {
    const rule = this.#exact.get(uri)
    if (rule !== undefined) return rule
    const reserved = isReserved(uri)
    for (const pattern of this.#patterns) if (pattern.isReserved === reserved && pattern.matches(uri)) return pattern
    return undefined
  }
}

function checkPermission(permission: Permission | undefined): void {
  checkOptions<Permission>(permission ?? null, permissionChecks, 'a permission')
  const { uri, allow, disclose } = permission as Permission
  if (uri === undefined) throw new ApiMisuse('a permission needs the option uri: a URI or pattern')
  checkOptions(allow, actionChecks, `allow of the permission for ${shownValue(uri)}`)
  checkOptions(disclose, disclosureChecks, `disclose of the permission for ${shownValue(uri)}`)
}

/**
 * Tells whether one of the `before` most specific rules allows all URIs of a set. One rule has to do it alone: the names of components are
 * without end, so rules that allow parts of a set never add up to it.
 */
function isAllowed(uris: UriSet, action: Action, rules: readonly Rule[], before: number): boolean {
  for (let i = 0; i < before; i++) {
    const rule = rules[i] as Rule
    if (rule.allows(action) && contains(rule.set, uris)) return true
  }
  return false
}

/** Whether a URI or pattern is the router's: patterns that do not spell the first component do not reach `wamp.`. */
function isReserved(uri: Uri): boolean {
  return uri.startsWith('wamp.')
}

class Rule {
  readonly uri: Uri
  readonly match: MatchPolicy
  readonly set: UriSet
  readonly isReserved: boolean
  readonly #verdicts: { readonly [action in Action]: Verdict }
  readonly #components: readonly string[]
  readonly #runs: readonly number[]

  constructor({ uri, match = 'exact', allow = {}, disclose = {} }: Permission) {
    this.uri = uri
    this.match = match
    this.set = uriSet(uri, match)
    this.isReserved = isReserved(uri)
    this.#components = uri.split('.')
    this.#runs = runsOf(this.#components)
    this.#verdicts = {
      call: { allow: allow.call === true, disclose: disclose.caller === true },
      register: { allow: allow.register === true, disclose: false },
      publish: { allow: allow.publish === true, disclose: disclose.publisher === true },
      subscribe: { allow: allow.subscribe === true, disclose: false },
    }
  }

  get name(): string {
    return `${JSON.stringify(this.uri)} (${this.match})`
  }

  verdict(action: Action): Verdict {
    return this.#verdicts[action]
  }

  allows(action: Action): boolean {
    return this.#verdicts[action].allow
  }

  matches(uri: Uri): boolean {
    if (this.match === 'prefix') return uri.startsWith(this.uri)
    const components = uri.split('.')
    return components.length === this.#components.length && this.#components.every((text, i) => text === '' || text === components[i])
  }

  /** Compares by how specific two rules are; negative where this one is more so. */
  compare(other: Rule): number {
    const byKind = kinds.indexOf(this.match) - kinds.indexOf(other.match)
    if (byKind !== 0) return byKind
    if (this.match === 'prefix') return other.uri.length - this.uri.length
    for (const [i, run] of this.#runs.entries()) {
      const difference = (other.#runs[i] ?? 0) - run
      if (difference !== 0) return difference
    }
    return 0
  }
}

const kinds: readonly MatchPolicy[] = ['exact', 'prefix', 'wildcard']
const denied: Verdict = { allow: false, disclose: false }

/** Returns the lengths of the runs of components between gaps: `a.b..d` has 2 and 1. */
function runsOf(components: readonly string[]): number[] {
  const runs = [0]
  for (const text of components) {
    if (text === '') runs.push(0)
    else runs[runs.length - 1] = (runs.at(-1) as number) + 1
  }
  return runs
}
