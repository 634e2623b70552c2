import { checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { defaultsOf, resolveOptions } from '../protocol/options/option-table.ts'
import { browserClock } from './browser-clock.ts'
import { type BrowserOptions, browserSettings } from './browser-options.ts'
import { type ConnectOptions, connectOptions, opened, protocolList, socketTo } from './opening.ts'
import { type Connection, PageConversation } from './page-conversation.ts'
import { socketUrl } from './socket-url.ts'

/** The address, the options of the attempt, and the options of the connection. */
export interface ConnectionOptions extends ConnectOptions, Partial<BrowserOptions> {
  /** Subprotocols to offer, best first. Default: none. */
  readonly protocols?: readonly string[]
}

/** Connects to a URL, which may be relative to the page, without a class. Rejects as `connectWS` does. */
export async function connect(url: string | { readonly href: string }, options: ConnectionOptions = {}): Promise<Connection> {
  checkOptions<ConnectionOptions>(options, connectionOptions, 'connect')
  const { timeout, signal, socketClass, protocols = [], ...given } = options
  const socket = socketTo(socketUrl(typeof url === 'string' ? url : url.href), protocols, options)
  const conversation = new PageConversation(socket, resolveOptions(browserSettings, defaultsOf(browserSettings), given))
  await opened(conversation.socket, browserClock, options)
  return conversation
}

const connectionOptions: OptionChecks<ConnectionOptions> = { ...connectOptions, protocols: protocolList, ...browserSettings }
