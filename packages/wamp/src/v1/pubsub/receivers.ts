import { checkOptions, type OptionCheck, type OptionChecks, optionCheck } from '@autobahn-ts/websocket/portable'
import { aBoolean } from '../../checks/option-checks.ts'
import type { List } from '../messages/message.ts'

/** Which of the subscribers of a topic receive an event. */
export interface PublishOptions {
  /** Whether the publisher is left out. Default: true; with `exclude`, false. */
  readonly excludeMe?: boolean
  /** Ids of sessions that are left out. */
  readonly exclude?: readonly string[]
  /** Ids of the sessions that get it; no others do. */
  readonly eligible?: readonly string[]
}

/**
 * Makes the fourth and fifth element of a PUBLISH message, as few of them as the options need.
 *
 * `sessionId` is the publisher's: excluding the publisher and other sessions takes a list with all of their ids.
 */
export function receiversIn(options: PublishOptions, sessionId: string | undefined): List {
  checkOptions<PublishOptions>(options, publishOptions, 'publish')
  const { excludeMe, exclude, eligible } = options
  if (exclude === undefined && eligible === undefined) return excludeMe === false ? [false] : []
  const isMeExcluded = excludeMe ?? exclude === undefined
  const excluded = exclude ?? []
  const except = isMeExcluded && sessionId !== undefined ? [...excluded, sessionId] : excluded
  return eligible === undefined ? [except] : [except, eligible]
}

const ids: OptionCheck = /* @__PURE__ */ optionCheck(
  'a list of session ids',
  value => Array.isArray(value) && value.every(id => typeof id === 'string'),
)

export const publishOptions: OptionChecks<PublishOptions> = { excludeMe: aBoolean, exclude: ids, eligible: ids }
