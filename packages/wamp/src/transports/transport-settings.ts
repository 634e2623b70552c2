import { type OptionSetting, type OptionSettings, optionSetting, resolveOptions } from '@autobahn-ts/websocket/portable'
import { type TransportOptions, transportDefaults } from './transport-defaults.ts'

export type { TransportOptions }

/** The defaults and the checks of the options, without their texts, which no page should load. */
export const transportSettings: OptionSettings<TransportOptions> = {
  maxMessageSize: /* @__PURE__ */ messageSize(transportDefaults.maxMessageSize),
  maxSendSize: /* @__PURE__ */ messageSize(transportDefaults.maxSendSize),
  highWaterMark: /* @__PURE__ */ optionSetting(transportDefaults.highWaterMark, 'a whole number of octets', isCount),
  maxUnsentSize: /* @__PURE__ */ optionSetting(
    transportDefaults.maxUnsentSize,
    'a whole number of octets above 0',
    v => isCount(v) && v > 0,
  ),
  handshakeTimeout: /* @__PURE__ */ seconds(transportDefaults.handshakeTimeout),
  closeTimeout: /* @__PURE__ */ optionSetting(
    transportDefaults.closeTimeout,
    'a number of seconds from 0.001 to 2,000,000',
    v => isSeconds(v) && v >= 0.001,
  ),
  pingInterval: /* @__PURE__ */ seconds(transportDefaults.pingInterval),
  pingTimeout: /* @__PURE__ */ seconds(transportDefaults.pingTimeout),
}

/** Completes options of transports with the defaults. Throws `ApiMisuse` for options that do not exist or have wrong values. */
export function resolveTransportOptions(given: Partial<TransportOptions>): TransportOptions {
  return resolveOptions(transportSettings, transportDefaults, given)
}

function messageSize(value: number): OptionSetting<number> {
  return optionSetting(value, 'a whole number of octets from 512', v => isCount(v) && v >= 512)
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
