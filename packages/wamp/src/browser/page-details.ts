import type { TransportDetails } from '../transports/message-transport.ts'

/**
 * Makes the details of a transport of a page, from the absolute URL of the router: `peer` is its host and port, without the credentials that a URL
 * may have, because it is for logs.
 */
export function pageDetails(url: string): TransportDetails {
  const peer = url.split('/')[2]!.replace(/.*@/, '')
  return { kind: 'websocket', peer, isSecure: /^wss:/i.test(url), headers: {} }
}
