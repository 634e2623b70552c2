/** The options of `reconnect` that have a default. */
export interface ReconnectingSettings {
  readonly initialDelay: number
  readonly growth: number
  readonly maxDelay: number
  readonly jitter: number
  readonly maxRetries: number
  readonly retryFirst: boolean
  readonly queue: number
  readonly queueSize: number
  readonly maxSilence: number
}

/** The defaults of the options, apart from their checks and texts. */
export const reconnectingDefaults: ReconnectingSettings = {
  initialDelay: 1,
  growth: 2,
  maxDelay: 30,
  jitter: 0.5,
  maxRetries: Number.POSITIVE_INFINITY,
  retryFirst: false,
  queue: 0,
  queueSize: 1024 * 1024,
  maxSilence: 0,
}
