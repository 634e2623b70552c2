import type { Compression, DeflateParameters } from '../cases/case.ts'
import { type AgreedWindow, ExactInflater } from '../wire/exact-inflater.ts'
import { type ExtensionWords, readExtensions } from '../wire/extension-header.ts'
import { KeptDeflater } from '../wire/kept-deflater.ts'

/** The permessage-deflate that both sides have agreed on. */
export interface AgreedCompression {
  /** Compresses the fuzzer's messages; the user of this object closes it. */
  readonly deflater: KeptDeflater
  /** Decompresses the testee's messages. */
  readonly inflater: ExactInflater
  /** The windows that the two compressors have agreed to. */
  readonly testee: AgreedWindow
  readonly fuzzer: AgreedWindow
}

/**
 * Returns the extensions that the fuzzer offers as client. Each set of parameters is asked of the server, and promised for the client's own
 * messages.
 */
export function offerOf({ offers }: Compression): ExtensionWords[] {
  return offers.map(({ noContextTakeover, maxWindowBits, takesAnyWindow = false }) => ({
    name,
    parameters: [
      ...(noContextTakeover ? [['server_no_context_takeover', true] as const, ['client_no_context_takeover', true] as const] : []),
      ...(maxWindowBits > 0 ? [['server_max_window_bits', String(maxWindowBits)] as const] : []),
      ...(maxWindowBits > 0 || takesAnyWindow
        ? [['client_max_window_bits', maxWindowBits > 0 ? String(maxWindowBits) : true] as const]
        : []),
    ],
  }))
}

/**
 * Reads the server's response to the offer of the fuzzer's client. Returns `undefined` if the testee declined, and a string, the rule,
 * where the response breaks one.
 */
export function agreedByServer(compression: Compression, header: string): AgreedCompression | undefined | string {
  const extensions = readExtensions(header)
  if (typeof extensions === 'string') return extensions
  const [extension, ...others] = extensions
  if (extension === undefined) return undefined
  if (extension.name !== name || others.length > 0) return `extensions that were not offered: ${header.slice(0, 200)} (RFC 6455 §9.1)`
  const parameters = new Map(extension.parameters)
  const problem = problemIn(extension, parameters)
  if (problem !== undefined) return problem
  if (parameters.get('client_max_window_bits') === true)
    return 'the parameter client_max_window_bits without a value in a response (RFC 7692 §7.1.2.2)'
  const offer = compression.offers.find(each => answers(each, parameters))
  if (offer === undefined) return `parameters that do not answer any of the offers: ${header.slice(0, 200)} (RFC 7692 §7.1)`
  return agreed({
    testee: { windowBits: bitsOf(parameters.get('server_max_window_bits')), keepsContext: !parameters.has('server_no_context_takeover') },
    // The client keeps the promises of its own offer whatever the response says (RFC 7692 §7.1.1.2, §7.1.2.2).
    fuzzer: {
      windowBits: Math.min(offer.maxWindowBits || 15, bitsOf(parameters.get('client_max_window_bits'))),
      keepsContext: !offer.noContextTakeover && !parameters.has('client_no_context_takeover'),
    },
  })
}

/**
 * Picks what the fuzzer's server accepts of the testee's offers, and the header value that says so. Returns `undefined` if no offer
 * allows what the case asks for.
 */
export function agreedWithClient(
  compression: Compression,
  headers: readonly string[],
): { readonly agreement: AgreedCompression; readonly words: ExtensionWords } | undefined | string {
  const offers = readExtensions(headers.join(','))
  if (typeof offers === 'string') return offers
  for (const { noContextTakeover, maxWindowBits } of compression.offers) {
    for (const offer of offers.filter(each => each.name === name)) {
      const parameters = new Map(offer.parameters)
      const problem = problemIn(offer, parameters)
      if (problem !== undefined) return problem
      // A client that does not name client_max_window_bits cannot be asked to keep to a window (RFC 7692 §7.1.2.2).
      if (maxWindowBits > 0 && !parameters.has('client_max_window_bits')) continue
      const serverBits = bitsOf(parameters.get('server_max_window_bits'))
      const clientBits = Math.min(maxWindowBits || 15, bitsOf(parameters.get('client_max_window_bits')))
      const words: (readonly [string, string | true])[] = []
      if (parameters.has('server_no_context_takeover')) words.push(['server_no_context_takeover', true])
      if (noContextTakeover) words.push(['client_no_context_takeover', true])
      if (parameters.has('server_max_window_bits')) words.push(['server_max_window_bits', String(serverBits)])
      if (maxWindowBits > 0) words.push(['client_max_window_bits', String(clientBits)])
      const agreement = agreed({
        testee: { windowBits: maxWindowBits > 0 ? clientBits : 15, keepsContext: !noContextTakeover },
        fuzzer: { windowBits: serverBits, keepsContext: !parameters.has('server_no_context_takeover') },
      })
      return { agreement, words: { name, parameters: words } }
    }
  }
  return undefined
}

/** Makes the compressor and the decompressor for what was agreed. */
export function agreed({ testee, fuzzer }: { readonly testee: AgreedWindow; readonly fuzzer: AgreedWindow }): AgreedCompression {
  return { deflater: new KeptDeflater(fuzzer), inflater: new ExactInflater(testee), testee, fuzzer }
}

function problemIn({ parameters }: ExtensionWords, known: ReadonlyMap<string, string | true>): string | undefined {
  if (known.size !== parameters.length) return 'a parameter of permessage-deflate twice (RFC 7692 §7)'
  for (const [key, value] of parameters) {
    if (!names.has(key)) return `the unknown parameter ${key.slice(0, 100)} of permessage-deflate (RFC 7692 §7)`
    if (key.endsWith('takeover') && value !== true) return `the parameter ${key} with a value (RFC 7692 §7.1.1)`
    if (key.endsWith('bits') && value !== true && !/^([89]|1[0-5])$/.test(value))
      return `the value ${value.slice(0, 100)} of ${key} (RFC 7692 §7.1.2)`
    if (key === 'server_max_window_bits' && value === true) return `the parameter ${key} without a value (RFC 7692 §7.1.2.1)`
  }
  return undefined
}

/**
 * Whether a response answers an offer: it grants what the offer asks for, and asks for nothing that the offer does not allow (RFC 7692
 * §7.1).
 */
function answers(
  { noContextTakeover, maxWindowBits, takesAnyWindow = false }: DeflateParameters,
  response: ReadonlyMap<string, string | true>,
): boolean {
  if (noContextTakeover && !response.has('server_no_context_takeover')) return false
  if (response.has('client_max_window_bits') && maxWindowBits === 0 && !takesAnyWindow) return false
  return maxWindowBits === 0 || (response.has('server_max_window_bits') && bitsOf(response.get('server_max_window_bits')) <= maxWindowBits)
}

function bitsOf(value: string | true | undefined): number {
  return value === undefined || value === true ? 15 : Number(value)
}

const name = 'permessage-deflate'
const names: ReadonlySet<string> = new Set([
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
])
