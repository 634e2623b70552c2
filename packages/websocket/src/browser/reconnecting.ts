import { plainJson } from '../conversation/plain-json.ts'
import { isFunction, isTrueOrFalse, isUpToAnHour, isWholeNumber, surelyFit, type Test } from '../protocol/checks/values.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { State } from '../protocol/life/state.ts'
import { reconnectingDefaults } from '../reconnect/reconnecting-defaults.ts'
import type { ReconnectingOptions } from '../reconnect/reconnecting-options.ts'
import { type ConversationChecks, type Line, Reconnection } from '../reconnect/reconnection.ts'
import { browserClock } from './browser-clock.ts'
import { followNetwork, isLocal, isOffline } from './network.ts'
import { NoQueue } from './no-queue.ts'
import { fittingReason, isCloseFrame } from './page-close-frame.ts'
import type { Connection, PageConversation } from './page-conversation.ts'

/**
 * Opens a connection that is connected again when it is lost. Loaded when the option `reconnect` is used. `url` returns the URL that was dialled
 * last.
 */
export async function reconnecting(
  dial: (signal: AbortSignal) => Promise<PageConversation>,
  options: ReconnectingOptions<Connection>,
  signal: AbortSignal | undefined,
  url: () => string,
): Promise<PageReconnection> {
  if (!surelyFit<ReconnectingOptions<Connection>>(options, tests)) (await import('./page-checks.ts')).checkReconnecting(options)
  const { queue = 0, queueSize = reconnectingDefaults.queueSize } = options
  const unsent =
    queue > 0 ? new (await import('../reconnect/offline-queue.ts')).OfflineQueue<unknown, undefined>(queue, queueSize) : new NoQueue()
  const needsNetwork = (): boolean => !isLocal(url())
  const connection = new PageReconnection({
    dial: async signal => new SocketLine(await dial(signal)),
    options,
    signal,
    isOffline: () => isOffline() && needsNetwork(),
    clock: browserClock,
    checks: conversationChecks,
    unsent,
  })
  void connection.closed.then(followNetwork(connection, needsNetwork))
  return connection.open()
}

const tests: { readonly [name in keyof ReconnectingOptions<Connection>]-?: Test } = {
  initialDelay: isUpToAnHour,
  growth: isFrom(1),
  maxDelay: isUpToAnHour,
  jitter: isFrom(0, 1),
  maxRetries: isFrom(0, Number.POSITIVE_INFINITY),
  retryFirst: isTrueOrFalse,
  queue: isWholeNumber,
  queueSize: isWholeNumber,
  maxSilence: isUpToAnHour,
  onOpen: isFunction,
  onLost: isFunction,
  retryIf: isFunction,
  onError: isFunction,
}

function isFrom(least: number, most = 2_000_000): Test {
  return value => typeof value === 'number' && value >= least && value <= most
}

const conversationChecks: ConversationChecks = {
  jsonText: value => plainJson(value) ?? import('./page-checks.ts').then(({ jsonText }) => jsonText(value)),
  closing: (code, reason) =>
    isCloseFrame(code, reason) ? undefined : import('./page-checks.ts').then(({ checkClose }) => checkClose(code, reason)),
  fittingReason,
}

/** A reconnecting connection with the members of `Connection` that only pages have. */
class PageReconnection extends Reconnection<Connection> implements Connection {
  get subprotocol(): string {
    return this.latest.subprotocol
  }

  get bufferedAmount(): number {
    return this.latest.bufferedAmount
  }
}

/** The connection of a `WebSocket` of the platform. */
class SocketLine implements Line<Connection> {
  readonly connection: PageConversation

  constructor(connection: PageConversation) {
    this.connection = connection
  }

  get isOpen(): boolean {
    return this.connection.socket.state === State.Open
  }

  get closed(): Promise<CloseInfo> {
    return this.connection.socket.closed
  }

  sendClose(code?: number, reason = ''): void {
    this.connection.socket.sendClose(code, reason)
  }

  giveUp(why: string): void {
    this.connection.socket.giveUp(why)
  }
}
