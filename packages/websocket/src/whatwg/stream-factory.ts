import type { ClientFactoryOptions } from '../application/client-factory.ts'
import type { Octets } from '../bytes/octets.ts'
import { ConversationFactory } from '../conversation/function-factories.ts'
import type { ConversationProtocol } from '../conversation/function-protocols.ts'
import { checkAcknowledged } from './check-acknowledged.ts'

/** Makes the connections of the function style below `WebSocketStream`s. They fail where a server has chosen none of the subprotocols. */
export class StreamFactory extends ConversationFactory {
  readonly #offered: readonly string[]
  readonly #closeFrameCame: (code: number | undefined, reason: Octets) => void

  /** `closeFrameCame` is called when the close frame of a server has come. */
  constructor(
    url: string,
    offered: readonly string[],
    options: ClientFactoryOptions,
    closeFrameCame: (code: number | undefined, reason: Octets) => void,
  ) {
    super(url, { ...options, protocols: offered })
    this.#offered = offered
    this.#closeFrameCame = closeFrameCame
  }

  override buildProtocol(): ConversationProtocol {
    const protocol = super.buildProtocol()
    protocol.onConnect = response => checkAcknowledged(response, this.#offered)
    protocol.onCloseFrame = this.#closeFrameCame
    return protocol
  }
}
