import { isUri, isUriPattern, type Uri } from '@autobahn-ts/wamp/protocol'
import {
  ApiMisuse,
  anyValue,
  checkOptions,
  defaultsOf,
  type OptionChecks,
  optionCheck,
  resolveOptions,
  seconds,
  shownValue,
  someFunction,
} from '@autobahn-ts/websocket/portable'
import { anObject } from '../auth/auth-checks.ts'
import type { HistoryRule } from '../broker/broker.ts'
import { type RealmLimits, realmLimits } from '../realm/realm-limits.ts'
import { type ResumptionSettings, resumptionOptions } from '../resumption/resumption-options.ts'
import type { RealmOptions, RealmRules, RealmUpdate, RouterCloseOptions, RouterOptions } from './router.ts'

const routerChecks: OptionChecks<RouterOptions> = {
  realms: anObject,
  agent: optionCheck('a string', value => typeof value === 'string'),
  joinTimeout: seconds,
  beforeJoin: someFunction,
  onError: someFunction,
  onRevoked: someFunction,
  onRefused: someFunction,
}

const listOfRoles = optionCheck('a list of roles', value => Array.isArray(value) && value.every(role => typeof role === 'string'))

const ruleChecks: OptionChecks<RealmRules> = {
  auth: anObject,
  roles: anObject,
  access: optionCheck('an object with mayDo', value => typeof (value as { mayDo?: unknown } | null)?.mayDo === 'function'),
  linkRoles: listOfRoles,
  trustedRoles: listOfRoles,
  trustLevels: optionCheck('an object with a whole number from 0 for each role', isTrustLevels),
}

const realmChecks: OptionChecks<RealmOptions> = {
  ...realmLimits,
  ...ruleChecks,
  history: optionCheck('a list of rules', Array.isArray),
  resumption: optionCheck(
    'true, false, or an object',
    value => typeof value === 'boolean' || (typeof value === 'object' && value !== null),
  ),
}

const updateChecks: OptionChecks<RealmUpdate> = {
  ...ruleChecks,
  maxSessions: realmChecks.maxSessions,
  holdPublishers: realmChecks.holdPublishers,
  history: realmChecks.history,
  resumption: realmChecks.resumption,
}

const closeChecks: OptionChecks<RouterCloseOptions> = {
  returnRate: optionCheck('a number from 0', value => typeof value === 'number' && value >= 0),
}

const historyChecks: OptionChecks<HistoryRule> = {
  topic: optionCheck('a string', value => typeof value === 'string'),
  match: anyValue,
  limit: optionCheck('a whole number from 1', value => Number.isSafeInteger(value) && (value as number) > 0),
}

/** Checks the options of `createRouter`, but not those of its realms. Throws `ApiMisuse`. */
export function checkRouterOptions(options: unknown): void {
  checkOptions<RouterOptions>(options, routerChecks, 'createRouter')
}

/** Checks what is changed of a realm. Throws `ApiMisuse`. */
export function checkRealmUpdate(name: Uri, update: RealmUpdate): void {
  checkOptions<RealmUpdate>(update ?? null, updateChecks, `realm ${name}`)
  for (const rule of update.history ?? []) checkHistoryRule(rule)
}

/** Checks the options of `close` and `drain`. Throws `ApiMisuse`. */
export function checkCloseOptions(options: RouterCloseOptions, where: 'close' | 'drain'): void {
  checkOptions<RouterCloseOptions>(options, closeChecks, where)
}

/** Checks a number of seconds. Throws `ApiMisuse`. */
export function checkTimeout(timeout: number): void {
  checkOptions<{ timeout: number }>({ timeout }, { timeout: seconds }, 'drain')
}

/** Checks the name and the options of a realm, and completes its limits with their defaults. Throws `ApiMisuse`. */
export function realmLimitsOf(name: Uri, options: RealmOptions): RealmLimits {
  if (typeof name !== 'string' || !isUri(name))
    throw new ApiMisuse(`the name of a realm must be a URI, such as realm1 or com.example, and not ${shownValue(name)}`)
  checkOptions<RealmOptions>(options, realmChecks, `realm ${name}`)
  for (const rule of options.history ?? []) checkHistoryRule(rule)
  const { auth, roles, access, linkRoles, trustedRoles, trustLevels, history, resumption, ...limits } = options
  return resolveOptions(realmLimits, defaultsOf(realmLimits), limits, `realm ${name}`)
}

/** Completes how the sessions of a realm are resumed; `undefined` where they are not. Throws `ApiMisuse`. */
export function resumptionSettingsOf(name: Uri, { resumption = false }: RealmOptions): ResumptionSettings | undefined {
  if (resumption === false) return undefined
  const given = resumption === true ? {} : resumption
  return resolveOptions(resumptionOptions, defaultsOf(resumptionOptions), given, `resumption of realm ${name}`)
}

function isTrustLevels(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every(level => Number.isSafeInteger(level) && (level as number) >= 0)
}

function checkHistoryRule(rule: HistoryRule): void {
  checkOptions<HistoryRule>(rule ?? null, historyChecks, 'history')
  const { topic, match = 'exact', limit } = rule
  if (limit === undefined) throw new ApiMisuse(`history of ${shownValue(topic)} must have a limit: the number of events that are kept`)
  if (!['exact', 'prefix', 'wildcard'].includes(match) || !isUriPattern(topic, match))
    throw new ApiMisuse(`history must have a topic and a match that go together, and not ${shownValue(topic)} with ${shownValue(match)}`)
}
