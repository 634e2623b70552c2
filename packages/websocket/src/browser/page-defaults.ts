import type { BrowserOptions } from './browser-options.ts'

const MiB = 1024 * 1024

/** The defaults of the options, apart from their checks, which `connect` on a page loads only where options do not surely fit. */
export const pageDefaults: BrowserOptions = {
  maxMessagePayloadSize: 16 * MiB,
  maxWaitingSize: 4 * MiB,
  closeHandshakeTimeout: 5,
  sendHighWaterMark: 64 * 1024,
  maxUnsentSize: 16 * MiB,
}
