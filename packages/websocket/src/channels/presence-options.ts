import type { OptionChecks } from '../protocol/checks/check-options.ts'
import { someFunction } from '../protocol/checks/option-values.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { guarded } from '../protocol/hooks/guarded.ts'
import type { PresenceEvent } from './census.ts'
import type { ChannelMember } from './member.ts'

/** The part of the options that a room needs in order to tell other processes of its members, and to be told. */
export interface PresenceOfMembers<Member> {
  /** Returns a copy of what the application says about a member; `undefined` where it says nothing, or nothing that can be told. */
  describe(member: Member): unknown
  /** Called with what other processes tell. Must not throw. */
  told(event: PresenceEvent): void
}

/**
 * Returns what the options say about presence; `undefined` where they do not ask for it. A description that is not JSON, or has more than
 * 1,024 UTF-16 units as JSON, is reported, and the member is told of without it.
 */
export function presenceOf<Member extends ChannelMember>(
  describe: ((member: Member) => unknown) | undefined,
  told: ((event: PresenceEvent) => void) | undefined,
  failed: (thrown: unknown) => void,
): PresenceOfMembers<Member> | undefined {
  if (describe === undefined && told === undefined) return undefined
  return {
    describe: member => describe && guarded(() => copied(describe(member)), failed),
    told: event => told && guarded(() => told(event), failed),
  }
}

export const presenceChecks: OptionChecks<{ describe?: unknown; onPresence?: unknown }> = {
  describe: someFunction,
  onPresence: someFunction,
}

function copied(description: unknown): unknown {
  const json = JSON.stringify(description) as string | undefined
  if (json === undefined) return undefined
  if (json.length > longest) throw new ApiMisuse(`what describe returns has at most ${longest} characters as JSON, and not ${json.length}`)
  return JSON.parse(json)
}

const longest = 1024
