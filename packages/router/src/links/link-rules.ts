import { isUriPattern, type MatchPolicy, type Uri } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse, checkOptions, type OptionChecks, optionCheck, shownValue } from '@autobahn-ts/websocket/portable'

/** The way of messages over a link: `out` for what begins at this router, `in` for what begins at the other one. */
export type LinkDirection = 'in' | 'out' | 'both'

/** The topics or procedures that a link forwards. */
export interface LinkRule {
  readonly uri: Uri
  /** Default: `exact`. */
  readonly match?: MatchPolicy
  /** Default: `both`. */
  readonly direction?: LinkDirection
}

/** The rules of a link. */
export interface LinkRules {
  /** The topics whose events it forwards. Default: none. */
  readonly events?: readonly LinkRule[]
  /** The procedures whose calls it forwards: `out` for those that are called here and answered there. Default: none. */
  readonly calls?: readonly LinkRule[]
  /** The number of links that an event or a call may cross, this one included. Default: 1. */
  readonly maxHops?: number
}

/** Checks the rules of a link. Throws `ApiMisuse`. */
export function checkLinkRules({ events = [], calls = [], maxHops = 1 }: LinkRules): void {
  if (events.length + calls.length === 0) throw new ApiMisuse('a link needs a rule in events or in calls')
  for (const rule of events) checkRule(rule, 'events of a link')
  for (const rule of calls) checkRule(rule, 'calls of a link')
  if (!Number.isSafeInteger(maxHops) || maxHops < 1)
    throw new ApiMisuse(`option maxHops must be a whole number from 1, and not ${shownValue(maxHops)}`)
}

/** Returns the rules that hold for one direction. */
export function rulesOf(rules: readonly LinkRule[] | undefined, direction: 'in' | 'out'): readonly LinkRule[] {
  return (rules ?? []).filter(rule => rule.direction !== (direction === 'in' ? 'out' : 'in'))
}

function checkRule(rule: LinkRule, where: string): void {
  checkOptions<LinkRule>(rule ?? null, ruleChecks, where)
  const { uri, match = 'exact' } = rule
  if (uri === undefined || !isUriPattern(uri, match))
    throw new ApiMisuse(`${where} must have a uri and a match that go together, and not ${shownValue(uri)} with ${shownValue(match)}`)
  if (isOfRouters(uri)) throw new ApiMisuse(`${where} may not have ${shownValue(uri)}: the names wamp. belong to each router`)
}

/** Tells whether a URI, or the patterns that begin so, belongs to the routers themselves. */
export function isOfRouters(uri: Uri): boolean {
  return uri === 'wamp' || uri.startsWith('wamp.')
}

const ruleChecks: OptionChecks<LinkRule> = {
  uri: optionCheck('a string', value => typeof value === 'string'),
  match: oneOf('exact', 'prefix', 'wildcard'),
  direction: oneOf('in', 'out', 'both'),
}

function oneOf(...words: readonly string[]) {
  return optionCheck(words.map(word => `'${word}'`).join(' or '), value => words.some(word => word === value))
}
