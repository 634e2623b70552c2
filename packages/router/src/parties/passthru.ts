import type { Dict } from '@autobahn-ts/wamp/protocol'

/**
 * The attributes that travel with a payload and say how to read it: those of payload passthru mode, and those of the older payload
 * transparency, which peers of the Autobahn family send.
 */
const payloadAttributes = ['ppt_scheme', 'ppt_serializer', 'ppt_cipher', 'ppt_keyid', 'enc_algo', 'enc_key', 'enc_serializer'] as const

/** Details that can still be written. */
export type NewDetails = Record<string, unknown>

/** The details of a message that has nothing to tell. One object for all, which nobody may change. */
export const noDetails: Dict = Object.freeze({})

/** Whether options belong to a payload that only its receiver understands. */
export function hasPassthru(options: Dict): boolean {
  return options.ppt_scheme !== undefined || options.enc_algo !== undefined
}

/** Adds the attributes of the payload to details. */
export function addPassthru(options: Dict, details: NewDetails): void {
  for (const name of payloadAttributes) if (options[name] !== undefined) details[name] = options[name]
}

/** Makes details with the attributes of the payload alone. */
export function passthruDetails(options: Dict): Dict {
  if (!hasPassthru(options)) return noDetails
  const details: NewDetails = {}
  addPassthru(options, details)
  return details
}
