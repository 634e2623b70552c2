import type { ConnectionRequest } from '../handshake/connection-request.ts'
import type { PathParams } from '../routing/path-params.ts'
import { Conversation } from './conversation.ts'
import type { HandlerProtocol } from './function-protocols.ts'
import type { ServerConnection } from './server-connection.ts'

/** A conversation of the server. What it knows of the request is the protocol's, and nothing of it is made before it is asked for. */
export class ServerConversation extends Conversation implements ServerConnection {
  declare readonly protocol: HandlerProtocol

  get data(): unknown {
    return this.protocol.data
  }

  get pathParams(): PathParams {
    return this.protocol.pathParams
  }

  get request(): ConnectionRequest {
    return this.protocol.request!
  }
}
