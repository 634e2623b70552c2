import type { AgreedWindow } from '../wire/exact-inflater.ts'
import { type ExtensionWords, readExtensions } from '../wire/extension-header.ts'
import { type AgreedCompression, agreed } from './compression.ts'

// permessage-deflate in cases that write the offer or the answer themselves (RFC 7692 §7.1).

/**
 * Reads the parameters to which a server agreed in its answer to an offer. Returns `undefined` if it declined, and a string, the rule,
 * where the answer breaks one.
 */
export function answeredOffer(offer: string, answer: string): AgreedCompression | undefined | string {
  const answers = readExtensions(answer)
  if (typeof answers === 'string') return answers
  const [accepted, ...others] = answers
  if (accepted === undefined) return undefined
  if (others.length > 0) return `more than one extension, which cannot be combined: ${answer.slice(0, 200)} (RFC 7692 §5)`
  const offers = readExtensions(offer)
  if (typeof offers === 'string') return 'an answer to an offer that cannot be read (RFC 6455 §9.1)'
  if (!offers.some(({ name }) => name === accepted.name))
    return `the extension ${accepted.name.slice(0, 100)}, which was not offered (RFC 6455 §9.1)`
  if (accepted.name !== permessageDeflate) return `the extension ${accepted.name.slice(0, 100)}, which is not registered`
  const problem = problemIn(accepted, 'answer')
  if (problem !== undefined) return problem
  const valid = validOffers(offers)
  if (valid.length === 0) return 'permessage-deflate in answer to an offer that has to be declined (RFC 7692 §7.1)'
  return valid.some(each => mayAnswer(each, accepted))
    ? agreementOf(accepted, 'client')
    : `parameters that do not answer any of the offers: ${answer.slice(0, 200)} (RFC 7692 §7.1)`
}

/** Whether an offer contains a permessage-deflate that a server may accept. */
export function hasValidOffer(offer: string): boolean {
  const offers = readExtensions(offer)
  return typeof offers !== 'string' && validOffers(offers).length > 0
}

/**
 * Returns the agreement that an answer of the fuzzer's server makes, the first one where the answer has two; `undefined` if the answer
 * cannot be read or names another extension.
 */
export function agreementWithAnswer(answer: string): AgreedCompression | undefined {
  const answers = readExtensions(answer)
  if (typeof answers === 'string' || answers[0] === undefined || answers.some(({ name }) => name !== permessageDeflate)) return undefined
  return problemIn(answers[0], 'answer') === undefined ? agreementOf(answers[0], 'server') : undefined
}

function validOffers(offers: readonly ExtensionWords[]): ExtensionWords[] {
  return offers.filter(each => each.name === permessageDeflate && problemIn(each, 'offer') === undefined)
}

function mayAnswer(offer: ExtensionWords, answer: ExtensionWords): boolean {
  const [asked, given] = [new Map(offer.parameters), new Map(answer.parameters)]
  if (asked.has('server_no_context_takeover') && !given.has('server_no_context_takeover')) return false
  if (
    asked.has('server_max_window_bits') &&
    !(bitsOf(given.get('server_max_window_bits'), 16) <= bitsOf(asked.get('server_max_window_bits'), 15))
  )
    return false
  if (!given.has('client_max_window_bits')) return true
  return (
    asked.has('client_max_window_bits') &&
    bitsOf(given.get('client_max_window_bits'), 15) <= bitsOf(asked.get('client_max_window_bits'), 15)
  )
}

/** Returns the way in which one offer or answer breaks RFC 7692 §7.1, if it does. */
function problemIn({ parameters }: ExtensionWords, where: 'offer' | 'answer'): string | undefined {
  if (new Set(parameters.map(([key]) => key)).size !== parameters.length) return 'a parameter of permessage-deflate twice (RFC 7692 §7.1)'
  for (const [key, value] of parameters) {
    const isRight =
      key === 'server_no_context_takeover' || key === 'client_no_context_takeover'
        ? value === true
        : key === 'server_max_window_bits' || key === 'client_max_window_bits'
          ? value === true
            ? key === 'client_max_window_bits' && where === 'offer'
            : /^([89]|1[0-5])$/.test(value)
          : false
    if (!isRight)
      return `the parameter ${key.slice(0, 100)}${value === true ? '' : `=${value.slice(0, 100)}`} of permessage-deflate (RFC 7692 §7.1)`
  }
  return undefined
}

function agreementOf({ parameters }: ExtensionWords, fuzzer: 'client' | 'server'): AgreedCompression {
  const given = new Map(parameters)
  const direction = (side: 'client' | 'server'): AgreedWindow => ({
    windowBits: bitsOf(given.get(`${side}_max_window_bits`), 15),
    keepsContext: !given.has(`${side}_no_context_takeover`),
  })
  return agreed({ testee: direction(fuzzer === 'client' ? 'server' : 'client'), fuzzer: direction(fuzzer) })
}

function bitsOf(value: string | true | undefined, otherwise: number): number {
  return value === undefined || value === true ? otherwise : Number(value)
}

const permessageDeflate = 'permessage-deflate'
