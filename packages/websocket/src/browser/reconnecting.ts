import { surelyFit, type Test } from '../protocol/checks/values.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { State } from '../protocol/life/state.ts'
import { type ReconnectingOptions, reconnectingChecks } from '../reconnect/reconnecting-options.ts'
import { type Line, Reconnection } from '../reconnect/reconnection.ts'
import { browserClock } from './browser-clock.ts'
import { followNetwork, isLocal, isOffline } from './network.ts'
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
  const needsNetwork = (): boolean => !isLocal(url())
  const connection = new PageReconnection({
    dial: async signal => new SocketLine(await dial(signal)),
    options,
    signal,
    isOffline: () => isOffline() && needsNetwork(),
    clock: browserClock,
  })
  void connection.closed.then(followNetwork(connection, needsNetwork))
  return connection.open()
}

const tests = Object.fromEntries(Object.entries(reconnectingChecks).map(([name, { holds }]) => [name, holds])) as Record<
  keyof ReconnectingOptions<Connection>,
  Test
>

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
