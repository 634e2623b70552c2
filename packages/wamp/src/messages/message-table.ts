import { clientMessages } from './client-messages.ts'
import type { MessageRule } from './message-rule.ts'
import { routerMessages } from './router-messages.ts'

/** Returns the rules of a message by its code; `undefined` for what is not a code of WAMP. */
export function messageRule(code: unknown): MessageRule | undefined {
  return typeof code === 'number' ? rules[code] : undefined
}

/** The messages by code, in an array: a router looks them up for every message. */
const rules: readonly (MessageRule | undefined)[] = /* @__PURE__ */ byCode()

function byCode(): readonly (MessageRule | undefined)[] {
  const all = [...clientMessages(), ...routerMessages()]
  const places: (MessageRule | undefined)[] = new Array(Math.max(...all.map(({ code }) => code)) + 1).fill(undefined)
  for (const rule of all) places[rule.code] = rule
  return places
}
