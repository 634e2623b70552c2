import type { CloseReason, ErrorUri } from './error-uris.ts'

/** Returns the spelling that this library uses for an error URI or a reason: peers send some under other names. Others stay as they are. */
export function canonicalUri(uri: string): string {
  return aliases.get(uri) ?? uri
}

/** The names that peers send, and ours. They are written out, because a page would load the tables of all names for these few. */
const aliases: ReadonlyMap<string, ErrorUri | CloseReason> = /* @__PURE__ */ new Map<string, ErrorUri | CloseReason>([
  ['wamp.error.cancelled', 'wamp.error.canceled'],
  ['wamp.error.disclose_me.not_allowed', 'wamp.error.option_disallowed.disclose_me'],
  ['wamp.error.no_auth_method', 'wamp.error.no_matching_auth_method'],
  ['wamp.error.not_auth_method', 'wamp.error.no_matching_auth_method'],
  ['wamp.error.payload_limit_exceeded', 'wamp.error.payload_size_exceeded'],
  ['wamp.error.goodbye_and_out', 'wamp.close.goodbye_and_out'],
  ['wamp.error.close_realm', 'wamp.close.close_realm'],
  ['wamp.error.system_shutdown', 'wamp.close.system_shutdown'],
  ['wamp.error.killed', 'wamp.close.killed'],
])
