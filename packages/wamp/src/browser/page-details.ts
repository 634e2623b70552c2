import type { TransportDetails } from '../transports/message-transport.ts'

/** Makes the details of a transport of a page, from the absolute URL of the router: `peer` is host and port as they are written there. */
export function pageDetails(url: string): TransportDetails {
  return { kind: 'websocket', peer: /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '', isSecure: /^wss:/i.test(url), headers: {} }
}
