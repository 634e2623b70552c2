import { type ConnectOptions, connect, connectOver, type RouterUrl, type Uri } from '@autobahn-ts/wamp'
import { anyValue, checkOptions, nodeRuntime, type OptionChecks, optionCheck } from '@autobahn-ts/websocket'
import { checkLinkRules, type LinkRules } from '../links/link-rules.ts'
import { RouterLink } from '../links/router-link.ts'
import type { Router } from '../router/router.ts'
import { checkRouter, dialLocally } from './local-client.ts'

/** Options of `linkRouter`. */
export interface LinkRouterOptions extends LinkRules {
  /** The realm of this router. */
  readonly realm: Uri
  /** The realm of the other router. Default: the one with the same name. */
  readonly remoteRealm?: Uri
  /** The name of the link's session at this router; its role is `link`. Default: `link`. */
  readonly authid?: string
  /** Milliseconds in which both routers have to confirm all rules, once both are joined; 0 waits without a limit. Default: 30,000. */
  readonly openTimeout?: number
  /** Options of the connection to the other router: `auth`, `serializers`, `transport`, `reconnect`, `retryFirst` and more, as `connect` takes them. */
  readonly connect?: Omit<ConnectOptions, 'realm'>
}

/**
 * Links a realm of a router with a realm of another one. Events and calls go over the link as the rules say.
 *
 * The role of the link at the other router needs permission to subscribe, publish, register and call what the rules name, and has to be a role whose words about other sessions count:
 * `linkRoles` of our router, `link: true` in its config.
 *
 * Resolves when both sides are joined and all rules hold. Rejects as `connect` does, with `WampError` where a router refuses a rule or confirms it too late, and with `ApiMisuse` for options that do not exist or have
 * wrong values. A link that was made comes back by itself after a loss.
 */
export async function linkRouter(router: Router, url: RouterUrl, options: LinkRouterOptions): Promise<RouterLink> {
  checkRouter(router, 'linkRouter')
  checkOptions<LinkRouterOptions>(options ?? null, linkChecks, 'linkRouter')
  checkLinkRules(options)
  const { realm, remoteRealm = realm, authid = 'link', openTimeout = 30_000, connect: how = {} } = options
  const there = await connect(url, { agent: 'autobahn-ts link', ...how, realm: remoteRealm })
  try {
    const dial = () => dialLocally(router, { authid, authrole: 'link', isLink: true })
    const here = await connectOver(dial, { realm, ...(how.onError && { onError: how.onError }) })
    return await RouterLink.open(here, there, options, { clock: nodeRuntime.clock, timeout: openTimeout })
  } catch (error) {
    await there.close()
    throw error
  }
}

/** The longest time of a timer, which has 32 bits, in milliseconds. */
const longestDelay = 0x7fff_ffff

const linkChecks: OptionChecks<LinkRouterOptions> = {
  realm: optionCheck('a string', value => typeof value === 'string'),
  remoteRealm: optionCheck('a string', value => typeof value === 'string'),
  authid: optionCheck('a string', value => typeof value === 'string'),
  openTimeout: optionCheck('a number of milliseconds from 0', value => typeof value === 'number' && value >= 0 && value <= longestDelay),
  connect: optionCheck('an object of options of connect', value => typeof value === 'object' && value !== null),
  events: optionCheck('a list of rules', Array.isArray),
  calls: optionCheck('a list of rules', Array.isArray),
  maxHops: anyValue,
}
