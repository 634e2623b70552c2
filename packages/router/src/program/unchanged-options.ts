import type { RouterConfig } from '../config/router-config.ts'

/**
 * Returns the options that differ between two configs and are used only when the program starts or a realm is added, as a config would name them.
 * `before` is the config that was in effect then.
 */
export function unchangedOptions(before: RouterConfig, after: RouterConfig): string[] {
  const names = Object.keys(before.realms).filter(name => Object.hasOwn(after.realms, name))
  return [
    ...different(before, after, reloaded),
    ...names.flatMap(name =>
      different(before.realms[name]!, after.realms[name]!, reloadedOfRealms).map(option => `realms.${name}.${option}`),
    ),
  ]
}

function different(before: object, after: object, known: ReadonlySet<string>): string[] {
  const [old, young] = [before as Readonly<Record<string, unknown>>, after as Readonly<Record<string, unknown>>]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter(name => !known.has(name) && JSON.stringify(old[name]) !== JSON.stringify(young[name]))
}

/** The options that a reload replaces. Every other one needs a restart, those included that are added later. */
const reloaded: ReadonlySet<string> = new Set(['$schema', 'realms', 'listeners', 'metrics', 'page', 'shutdownTimeout', 'logLevel'])
const reloadedOfRealms: ReadonlySet<string> = new Set(['auth', 'roles', 'maxSessions', 'holdPublishers', 'resumption', 'history', 'links'])
