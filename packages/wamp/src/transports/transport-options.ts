import { explained, type OptionTable } from '@autobahn-ts/websocket/portable'
import { type TransportOptions, transportSettings } from './transport-settings.ts'

/** The options of all transports with their meanings: defaults, checks and texts. */
export const transportOptions: OptionTable<TransportOptions> = /* @__PURE__ */ explained<TransportOptions>(transportSettings, {
  maxMessageSize: [
    'Largest message that is taken, from 512. A RawSocket peer is told; it counts by powers of two, so it is told the one below.',
    'The largest message that RawSocket can carry; bounds memory per connection.',
  ],
  maxSendSize: [
    'Largest message that is sent. A RawSocket peer may take less; other peers do not tell.',
    'The default of what peers take.',
  ],
  highWaterMark: [
    'Unsent octets above which `isWritable` is false; `onWritable` follows.',
    'About as much as one socket accepts at once: enough to keep it busy.',
  ],
  maxUnsentSize: [
    'Unsent octets above which the connection is dropped.',
    'Twice the largest message. A session that looks at `isWritable` never comes near.',
  ],
  handshakeTimeout: [
    'The time for the opening handshake; 0 waits for ever. A server gives the first octet and TLS the same time.',
    'Enough for a distant peer; an absolute deadline, however slowly octets come.',
  ],
  closeTimeout: [
    'The time that a peer has to take what was sent before the transport was closed.',
    'A peer that has not read it until then does not read.',
  ],
  pingInterval: [
    'The silence after which a ping is sent; 0 never pings. A page cannot ping, and a long-poll transport has polls in their place.',
    'Below the 30 to 60 s after which proxies and NATs drop a connection.',
  ],
  pingTimeout: [
    'The time to wait for a sign of life after a ping before the connection is dropped; 0 waits for ever. A long-poll client is lost after both times together.',
    'With the interval, a dead peer is found within 45 s.',
  ],
})
