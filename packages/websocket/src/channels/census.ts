/** The members of a channel in all processes, as `Channel.census` finds them. */
export interface Census {
  /** The number of members in all processes that have answered, this one included. */
  readonly size: number
  /** The processes with members that have answered, this one first if it has members. */
  readonly processes: readonly CensusProcess[]
  /**
   * The names of processes that are known to have members of some channel, and have not answered in time: those that have ended without a
   * word, stand still, or cannot be reached.
   */
  readonly silent: readonly string[]
  /** Whether every process that is known has answered, and the bus was connected. */
  readonly isComplete: boolean
}

/** The members of a channel in one process. */
export interface CensusProcess {
  /** The name of the process on the bus: 16 hexadecimal digits, others each time that it begins; zeros without a bus. */
  readonly process: string
  readonly size: number
  /** The results of `describe` for the members, at most the first 1,000 of them; empty where the process has no such option. */
  readonly members: readonly unknown[]
}

/** The options of a census. */
export interface CensusOptions {
  /** Seconds within which the other processes must answer. Default: 1. */
  readonly deadline?: number
}

/** A member of a channel has come or gone in another process. */
export interface PresenceEvent {
  /**
   * - `join`: a connection has become a member.
   * - `leave`: a connection is no longer one.
   * - `lost`: the process has not been heard of for 15 s; its members count as gone.
   */
  readonly kind: 'join' | 'leave' | 'lost'
  /** The name of the process on the bus. */
  readonly process: string
  /** The result of `describe` of that process for the member; `undefined` where it has no such option, and for `lost`. */
  readonly member: unknown
  /** The number of members of the channel in that process now. */
  readonly size: number
}
