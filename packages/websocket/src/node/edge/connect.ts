import { type ClientFactoryOptions, clientFactoryOptions } from '../../application/client-factory.ts'
import type { Connection } from '../../conversation/connection.ts'
import { ConversationFactory } from '../../conversation/function-factories.ts'
import { checkOptions, type OptionChecks } from '../../protocol/checks/check-options.ts'
import { type ConnectOptions, connectOptions } from './connect-options.ts'
import { connectWS } from './connect-ws.ts'

/** Options of connecting, and all options of a client factory. */
export interface ConnectionOptions extends ConnectOptions, Omit<ClientFactoryOptions, 'protocol' | 'build'> {}

/** Connects to a URL in function style. Rejects as `connectWS` does. */
export async function connect(url: string | URL, options: ConnectionOptions = {}): Promise<Connection> {
  checkOptions(options, connectionOptions, 'connect')
  const { timeout, signal, tls, localAddress, socket, clock, ...factoryOptions } = options
  const ofConnecting = { timeout, signal, tls, localAddress, socket, clock }
  const given = Object.fromEntries(Object.entries(ofConnecting).filter(([, value]) => value !== undefined))
  const protocol = await connectWS(new ConversationFactory(url instanceof URL ? url.href : url, factoryOptions), given)
  return protocol.conversation
}

const { protocol: _, build: __, ...ofFactory } = clientFactoryOptions
const connectionOptions: OptionChecks<ConnectionOptions> = { ...connectOptions, ...ofFactory }
