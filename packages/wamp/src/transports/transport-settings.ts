import { defaultsOf, type OptionSetting, type OptionSettings, optionSetting, resolveOptions } from '@autobahn-ts/websocket/portable'

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

/** The defaults and the checks of the options, without their texts, which no page should load. */
export const transportSettings: OptionSettings<TransportOptions> = {
  maxMessageSize: /* @__PURE__ */ messageSize(),
  maxSendSize: /* @__PURE__ */ messageSize(),
  highWaterMark: /* @__PURE__ */ optionSetting(64 * 1024, 'a whole number of octets', isCount),
  maxUnsentSize: /* @__PURE__ */ optionSetting(32 * MiB, 'a whole number of octets above 0', v => isCount(v) && v > 0),
  handshakeTimeout: /* @__PURE__ */ seconds(5),
  closeTimeout: /* @__PURE__ */ optionSetting(5, 'a number of seconds from 0.001 to 2,000,000', v => isSeconds(v) && v >= 0.001),
  pingInterval: /* @__PURE__ */ seconds(20),
  pingTimeout: /* @__PURE__ */ seconds(20),
}

/** Completes options of transports with the defaults. Throws `ApiMisuse` for options that do not exist or have wrong values. */
export function resolveTransportOptions(given: Partial<TransportOptions>): TransportOptions {
  return resolveOptions(transportSettings, defaultsOf(transportSettings), given)
}

function messageSize(): OptionSetting<number> {
  return optionSetting(16 * MiB, 'a whole number of octets from 512', v => isCount(v) && v >= 512)
}

function seconds(value: number): OptionSetting<number> {
  return optionSetting(value, 'a number of seconds from 0 to 2,000,000', isSeconds)
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 2_000_000
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
