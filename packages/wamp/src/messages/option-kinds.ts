import type { CalleeAttributes, CallOptions, Dict, LinkOptions, PassthruAttributes, PayloadAttributes } from './message.ts'
import type { KeysOf } from './message-rule.ts'
import { dict, id, text, textOrNull } from './value-kinds.ts'

/** Payload passthru mode. The scheme is `wamp`, `mqtt`, or one of an application, which begins with `x_`. */
const passthru: KeysOf<PassthruAttributes> = {
  ppt_scheme: {
    wanted: '"wamp", "mqtt", or a string that begins with "x_"',
    holds: value => typeof value === 'string' && (value === 'wamp' || value === 'mqtt' || value.startsWith('x_')),
  },
  ppt_serializer: text,
  ppt_cipher: text,
  ppt_keyid: text,
}

/** Payload transparency, which peers of the Autobahn family have in place of payload passthru mode. */
const transparency: KeysOf<Pick<PayloadAttributes, 'enc_algo' | 'enc_key' | 'enc_serializer'>> = {
  enc_algo: text,
  enc_key: text,
  enc_serializer: text,
}

/** The way of a message through several routers. */
export const links: KeysOf<LinkOptions> = {
  forward_for: {
    wanted: 'a list of dictionaries with session, authid and authrole',
    holds: value => Array.isArray(value) && value.every(isForwarded),
  },
}

/** The options of every message with a payload. */
export const payloadKeys: KeysOf<PayloadAttributes> = { ...passthru, ...transparency, ...links }
/** The facts on a caller that a router discloses. */
export const caller: KeysOf<Pick<CallOptions, 'caller' | 'caller_authid' | 'caller_authrole'>> = {
  caller: id,
  caller_authid: text,
  caller_authrole: text,
}
/** The facts on a callee that a router discloses. */
export const callee: KeysOf<Pick<CalleeAttributes, 'callee' | 'callee_authid' | 'callee_authrole'>> = {
  callee: id,
  callee_authid: text,
  callee_authrole: text,
}

function isForwarded(value: unknown): boolean {
  if (!dict.holds(value)) return false
  const { session, authid, authrole } = value as Dict
  return id.holds(session) && textOrNull.holds(authid) && text.holds(authrole)
}
