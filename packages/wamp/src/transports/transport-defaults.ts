/** The options of all transports, on both sides. Times are in seconds and sizes in octets. */
export interface TransportOptions {
  readonly maxMessageSize: number
  readonly maxSendSize: number
  readonly highWaterMark: number
  readonly maxUnsentSize: number
  readonly handshakeTimeout: number
  readonly closeTimeout: number
  readonly pingInterval: number
  readonly pingTimeout: number
}

const MiB = 1024 * 1024

/** The defaults of the options, apart from their checks, which a page loads where it sets options. */
export const transportDefaults: TransportOptions = {
  maxMessageSize: 16 * MiB,
  maxSendSize: 16 * MiB,
  highWaterMark: 64 * 1024,
  maxUnsentSize: 32 * MiB,
  handshakeTimeout: 5,
  closeTimeout: 5,
  pingInterval: 20,
  pingTimeout: 20,
}
