import {
  abortSignal,
  type BackoffOptions,
  explained,
  type OptionChecks,
  type OptionSetting,
  type OptionSettings,
  type OptionTable,
  optionCheck,
  optionSetting,
  someFunction,
  trueOrFalse,
} from '@autobahn-ts/websocket/portable'
import type { AuthMethod } from '../auth/auth-method.ts'
import type { Uri, WelcomeDetails } from '../messages/message.ts'
import type { MessageFilter } from '../session/message-filter.ts'
import type { ErrorOrigin } from '../session/session-link.ts'
import { type ClientSettings, clientDefaults } from './client-defaults.ts'
import type { RestoreFailure } from './kept.ts'
import { isMilliseconds } from './request-options.ts'
import type { Resuming } from './resuming.ts'

export type { ClientSettings }

/** The options of a client, beside those of its transports. */
export interface ClientOptions extends Partial<ClientSettings> {
  /** The realm to join. */
  readonly realm: Uri
  /** The method of authentication, or several with the preferred one first. Default: anonymous. */
  readonly auth?: AuthMethod | readonly AuthMethod[]
  /** Opens and seals payloads in payload passthru mode: `passthru([codec])` of the entry `passthru`. */
  readonly passthru?: MessageFilter
  /** Keeps sessions over the loss of their transport, where the router offers it: `resumption()` of the entry `resumption`. */
  readonly resumption?: Resuming
  /** When to connect again after a loss, with delays in seconds; `false` never does: the client is one session. */
  readonly reconnect?: BackoffOptions | false
  /** Decides whether there is another try after a loss or a failed try. Default: there is none where it would be refused again. */
  readonly retryIf?: (loss: Omit<Loss, 'retryIn'>) => boolean
  /** Closes the client for good when it is aborted. */
  readonly signal?: AbortSignal
  /** Called for each session, when registrations and subscriptions are restored. */
  readonly onJoin?: (session: JoinedSession) => unknown
  /** Called when the session is lost, and for each try that fails. */
  readonly onLost?: (loss: Loss) => void
  /** Called for each registration or subscription that could not be made again in a new session. The next session tries again. */
  readonly onRestoreFailed?: (failure: RestoreFailure) => void
  /** Called when events are missing: the router has dropped them because this client read too slowly. */
  readonly onDropped?: (drop: { readonly topic: Uri; readonly count: number }) => void
  /** Takes the errors that no caller is told: those of handlers that are not a `WampError`, and of callbacks. Default: prints them. */
  readonly onError?: (error: unknown, origin: ErrorOrigin) => void
}

/** A session of a client. */
export interface JoinedSession {
  readonly id: number
  readonly realm: Uri
  /** The id of the principal, as the router has it. */
  readonly authid: string | undefined
  readonly authrole: string | undefined
  readonly authmethod: string | undefined
  /** All that WELCOME says. */
  readonly details: WelcomeDetails
}

/** The loss of a session, or a try to open another one that failed. */
export interface Loss {
  /** The reason of GOODBYE or ABORT; `undefined` where the transport was lost. */
  readonly reason: Uri | undefined
  /** One sentence, for people. */
  readonly message: string
  readonly error: unknown
  /** Milliseconds until the next try; `undefined` where there is to be none, and `Infinity` while the browser is offline. */
  readonly retryIn: number | undefined
}

/** The defaults and checks of the options. Their texts stand apart, in `clientOptions`, so that pages do not load them. */
export const clientSettings: OptionSettings<ClientSettings> = {
  agent: optionSetting(clientDefaults.agent, 'a string', value => typeof value === 'string'),
  waitForSession: milliseconds('waitForSession'),
  retryFirst: { default: clientDefaults.retryFirst, ...trueOrFalse },
  joinTimeout: milliseconds('joinTimeout'),
  leaveTimeout: milliseconds('leaveTimeout'),
  requestTimeout: milliseconds('requestTimeout'),
  restoreTimeout: milliseconds('restoreTimeout'),
  heartbeat: milliseconds('heartbeat'),
  maxCalls: count('maxCalls'),
  maxInvocations: count('maxInvocations'),
  buffer: count('buffer'),
  exposeErrors: { default: clientDefaults.exposeErrors, ...trueOrFalse },
}

/** The names of `ClientOptions`, and the values that each takes. */
export const clientChecks: OptionChecks<ClientOptions> = {
  ...clientSettings,
  realm: optionCheck('a URI, such as "realm1"', value => typeof value === 'string' && value !== ''),
  passthru: optionCheck('passthru([codec])', value => hasMethod(value, 'begin')),
  resumption: optionCheck('resumption()', value => hasMethod(value, 'over')),
  auth: optionCheck('a method of authentication, such as ticket(…), or a list of them', isAuth),
  reconnect: optionCheck('false, or an object', value => value === false || (typeof value === 'object' && value !== null)),
  retryIf: someFunction,
  signal: abortSignal,
  onJoin: someFunction,
  onLost: someFunction,
  onRestoreFailed: someFunction,
  onDropped: someFunction,
  onError: someFunction,
}

/** The options with their meanings: defaults, checks and texts. */
export const clientOptions: OptionTable<ClientSettings> = /* @__PURE__ */ explained<ClientSettings>(clientSettings, {
  agent: ['Name of the program, for the router.', 'Logs of routers show it.'],
  waitForSession: [
    'Milliseconds that a call or an acknowledged publication waits for a session where there is none; 0 rejects at once.',
    'The application knows whether an old request is still of use; nothing else does.',
  ],
  retryFirst: [
    'Whether the first session is tried again as well. Without it `connect` rejects when the first try fails.',
    'A wrong address would be tried for ever. Services that start before their router set it.',
  ],
  joinTimeout: [
    'Milliseconds from HELLO to WELCOME, authentication included; 0 waits for ever.',
    'A server that accepts connections and is not a router says nothing.',
  ],
  leaveTimeout: ['Milliseconds for the answer to GOODBYE.', 'Closing must end, also where the router hangs.'],
  requestTimeout: [
    'Milliseconds for the answer to REGISTER, SUBSCRIBE, their opposites and an acknowledged PUBLISH; 0 waits as long as the session lasts.',
    'A router answers these itself, so it takes a round trip.',
  ],
  restoreTimeout: [
    'Milliseconds for which a lost registration is tried again while the router answers that another session has it.',
    'A router finds a dead session by its pings, within a minute.',
  ],
  heartbeat: [
    'Milliseconds of silence after which the router is asked for a sign of life; a second silence of this length is a loss. 0 never asks.',
    'WebSocket pings and TCP find a router that is gone, but pages cannot ping: there the default is 30,000.',
  ],
  maxCalls: ['Calls in progress; more reject at once.', 'A loop that does not wait for its calls is noticed before memory is full.'],
  maxInvocations: [
    'Calls of registered procedures in progress, waiting ones included; more are answered `wamp.error.unavailable`.',
    'A flood of calls must not fill the memory.',
  ],
  buffer: [
    'Values that may wait for one loop or one sequential handler: progressive results, chunks, events.',
    'A loop that hangs must not fill the memory.',
  ],
  exposeErrors: [
    'Whether callers see the messages of errors that are not a `WampError`.',
    'They may have secrets in them. Useful in development.',
  ],
})

type NumberName = { [name in keyof ClientSettings]: ClientSettings[name] extends number ? name : never }[keyof ClientSettings]

function milliseconds(name: NumberName): OptionSetting<number> {
  return optionSetting(clientDefaults[name], 'a number of milliseconds from 0 to 2,000,000,000', isMilliseconds)
}

function count(name: NumberName): OptionSetting<number> {
  return optionSetting(clientDefaults[name], 'a whole number from 1 on', given => Number.isSafeInteger(given) && Number(given) >= 1)
}

function isAuth(value: unknown): boolean {
  const methods: readonly unknown[] = Array.isArray(value) ? value : [value]
  return methods.every(method => hasMethod(method, 'begin') && typeof (method as AuthMethod).name === 'string')
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Readonly<Record<string, unknown>>)[name] === 'function'
}
