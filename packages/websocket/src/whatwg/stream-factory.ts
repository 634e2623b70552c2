import type { ClientFactoryOptions } from '../application/client-factory.ts'
import { ConversationFactory } from '../conversation/function-factories.ts'
import type { ConversationProtocol } from '../conversation/function-protocols.ts'
import { checkAcknowledged } from './check-acknowledged.ts'

/** Makes the connections of the function style below `WebSocketStream`s. They fail where a server has chosen none of the subprotocols. */
export class StreamFactory extends ConversationFactory {
  readonly #offered: readonly string[]

  constructor(url: string, offered: readonly string[], options: ClientFactoryOptions) {
    super(url, { ...options, protocols: offered })
    this.#offered = offered
  }

  override buildProtocol(): ConversationProtocol {
    const protocol = super.buildProtocol()
    protocol.onConnect = response => checkAcknowledged(response, this.#offered)
    return protocol
  }
}
