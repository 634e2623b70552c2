/** The options of a client that have a default. Times are in milliseconds. */
export interface ClientSettings {
  readonly agent: string
  readonly waitForSession: number
  readonly retryFirst: boolean
  readonly joinTimeout: number
  readonly leaveTimeout: number
  readonly requestTimeout: number
  readonly restoreTimeout: number
  readonly heartbeat: number
  readonly maxCalls: number
  readonly maxInvocations: number
  readonly buffer: number
  readonly exposeErrors: boolean
}

/** The defaults of the options, apart from their checks and texts. */
export const clientDefaults: ClientSettings = {
  agent: 'autobahn-ts',
  waitForSession: 0,
  retryFirst: false,
  joinTimeout: 10_000,
  leaveTimeout: 5000,
  requestTimeout: 30_000,
  restoreTimeout: 60_000,
  heartbeat: 0,
  maxCalls: 10_000,
  maxInvocations: 10_000,
  buffer: 1000,
  exposeErrors: false,
}
