import type { Awaitable } from '../bytes/awaitable.ts'
import type { OptionCheck, OptionChecks } from '../protocol/checks/check-options.ts'
import { someFunction, trueOrFalse, upToAnHour, wholeNumber } from '../protocol/checks/option-values.ts'
import { explained, type OptionSetting, type OptionSettings, type OptionTable } from '../protocol/options/option-table.ts'
import { backoffChecks } from './backoff.ts'
import { type ReconnectingSettings, reconnectingDefaults } from './reconnecting-defaults.ts'
import type { Loss } from './redialer.ts'

export type { ReconnectingSettings }

/** A loss of the connection, or a try to replace it that failed, as `onLost` and `retryIf` get it. */
export interface LostConnection extends Loss {
  /** The system's error, the `HandshakeFailed` of a refusal with its `status`, or what `onOpen` or the function for the URL threw. */
  readonly cause: Error | undefined
}

/** The option `reconnect` of `connect`: when to connect again, and what to do then. */
export interface ReconnectingOptions<Connection> extends Partial<ReconnectingSettings> {
  /**
   * Called with each new connection, the first included, before anything else is sent on it: the place to log in and to subscribe. What it
   * receives from the connection is not received by anybody else. Throwing counts as a failed try; so does the loss of the connection.
   */
  readonly onOpen?: (connection: Connection) => Awaitable<unknown>
  /** Called when the connection is lost, and for each try that fails. */
  readonly onLost?: (loss: LostConnection) => void
  /**
   * Decides whether there is another try; asked after each loss and each failed try, in place of the default: see `isMendable`. `retryIn` is
   * not known yet.
   */
  readonly retryIf?: (loss: Omit<LostConnection, 'retryIn'>) => boolean
  /** Takes what `onLost` and `retryIf` throw. Default: prints it. */
  readonly onError?: (error: unknown) => void
}

/** The defaults and checks of the options. Their texts stand apart, in `reconnectingOptions`, so that pages do not load them. */
export const reconnectingSettings: OptionSettings<ReconnectingSettings> = {
  initialDelay: setting('initialDelay', backoffChecks.initialDelay),
  growth: setting('growth', backoffChecks.growth),
  maxDelay: setting('maxDelay', backoffChecks.maxDelay),
  jitter: setting('jitter', backoffChecks.jitter),
  maxRetries: setting('maxRetries', backoffChecks.maxRetries),
  retryFirst: setting('retryFirst', trueOrFalse),
  queue: setting('queue', wholeNumber),
  queueSize: setting('queueSize', wholeNumber),
  maxSilence: setting('maxSilence', upToAnHour),
}

/** The names of `ReconnectingOptions`, and the values that each takes. */
export const reconnectingChecks: OptionChecks<ReconnectingOptions<never>> = {
  ...reconnectingSettings,
  onOpen: someFunction,
  onLost: someFunction,
  retryIf: someFunction,
  onError: someFunction,
}

/** The options with their meanings: defaults, checks and texts. */
export const reconnectingOptions: OptionTable<ReconnectingSettings> = /* @__PURE__ */ explained<ReconnectingSettings>(
  reconnectingSettings,
  {
    initialDelay: ['Seconds before the first try.', 'A server that restarts is there again soon.'],
    growth: ['Factor from one delay to the next.', 'A server that is down is asked half as often each time.'],
    maxDelay: [
      'Seconds that no delay exceeds. A server may ask for more with `Retry-After`.',
      'A person who looks at a page waits no longer.',
    ],
    jitter: [
      'Largest random deviation of a delay, up and down, as a part of it.',
      'A thousand clients of a server that restarts come spread over a second, and not at once.',
    ],
    maxRetries: ['Tries until giving up.', 'A page is open for days, and a laptop sleeps.'],
    retryFirst: [
      'Whether the first connection is tried again as well. Without it `connect` rejects when the first try fails.',
      'A wrong address would be tried for ever.',
    ],
    queue: [
      'Messages that may wait while there is no connection. Above it, and with 0, `send` rejects at once.',
      'The application knows whether an old message is still of use; nothing else does.',
    ],
    queueSize: ['Octets that the waiting messages may have together.', 'Memory is bounded also where messages are large.'],
    maxSilence: [
      'Seconds without a message after which the connection is taken for lost; 0 means never. For servers that send something regularly.',
      'Few servers do. On Node pings find a server that is gone; a page cannot send them.',
    ],
  },
)

function setting<Name extends keyof ReconnectingSettings>(name: Name, check: OptionCheck): OptionSetting<ReconnectingSettings[Name]> {
  return { default: reconnectingDefaults[name], ...check }
}
