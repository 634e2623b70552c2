import { checkOptions, type OptionCheck, type OptionChecks, optionCheck } from '@autobahn-ts/websocket/portable'
import { aBoolean } from '../../checks/option-checks.ts'
import type { List } from '../messages/message.ts'

/** Selects the subscribers that receive a client's event (decision 63). */
export interface PublishOptions {
  /** Whether the publisher does not receive the event. Default: true; with `exclude`, false. */
  readonly excludeMe?: boolean
  /** Ids of sessions that do not receive it. */
  readonly exclude?: readonly string[]
  /** Ids of the only sessions that may receive it. */
  readonly eligible?: readonly string[]
}

/**
 * Makes the fourth and fifth element of a PUBLISH message, as few of them as the options need.
 *
 * `sessionId` is the publisher's. To exclude the publisher and other sessions, the list has to contain all of their ids.
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
