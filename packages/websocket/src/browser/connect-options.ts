import { type OptionCheck, type OptionChecks, optionCheck } from '../protocol/checks/check-options.ts'
import { abortSignal, someFunction, upToAnHour } from '../protocol/checks/option-values.ts'
import { isTextList } from '../protocol/checks/values.ts'
import type { ConnectOptions } from './opening.ts'

/** The names of `ConnectOptions`, and the values that each takes. */
export const connectOptions: OptionChecks<ConnectOptions> = { timeout: upToAnHour, signal: abortSignal, socketClass: someFunction }

/** Accepts subprotocols; whether each is a token is checked by the platform. */
export const protocolList: OptionCheck = /* @__PURE__ */ optionCheck('a list of strings', isTextList)
