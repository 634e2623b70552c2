import { upToAnHour } from '../protocol/checks/option-values.ts'
import { isWholeNumber } from '../protocol/checks/values.ts'
import { type OptionSetting, type OptionSettings, optionSetting } from '../protocol/options/option-table.ts'
import type { BrowserOptions } from './browser-options.ts'
import { pageDefaults } from './page-defaults.ts'

/** The defaults and checks of the options. Their texts stand apart, in `browserOptions`, so that pages do not load them. */
export const browserSettings: OptionSettings<BrowserOptions> = {
  maxMessagePayloadSize: size(pageDefaults.maxMessagePayloadSize),
  maxWaitingSize: size(pageDefaults.maxWaitingSize),
  closeHandshakeTimeout: optionSetting(pageDefaults.closeHandshakeTimeout, upToAnHour.wanted, upToAnHour.holds),
  sendHighWaterMark: size(pageDefaults.sendHighWaterMark),
  maxUnsentSize: size(pageDefaults.maxUnsentSize),
}

function size(octets: number): OptionSetting<number> {
  return optionSetting(octets, 'a whole number of octets', isWholeNumber)
}
