import { constants } from 'node:zlib'
import {
  Codecs,
  DeflateInstance,
  type Direction,
  type ExtensionParameters,
  formatExtension,
  type NegotiatedExtension,
  nodeDeflate,
  type OfferedExtension,
  parseExtensions,
} from '@autobahn-ts/websocket/internals'
import { acceptedTerms, confirmedTerms, type DeflateTerms, type DeflateTermsOptions, offerFor } from '../wire/deflate-terms.ts'

/** The option `perMessageDeflate` of npm `ws`. `concurrencyLimit` has no effect: messages are compressed without threads. */
export interface PerMessageDeflateOptions extends DeflateTermsOptions {
  readonly zlibDeflateOptions?: { readonly level?: number | undefined; readonly memLevel?: number | undefined } | undefined
  readonly zlibInflateOptions?: object | undefined
  /** Octets below which a message is not compressed, where this side compresses each message by itself. Default: 1024. */
  readonly threshold?: number | undefined
  readonly concurrencyLimit?: number | undefined
}

/** The extension that was agreed on, and the server's header that says so. */
export interface AcceptedDeflate {
  readonly extension: NegotiatedExtension
  readonly header: string
}

/** Returns a client's offer for `Sec-WebSocket-Extensions`. */
export function offeredDeflate(options: PerMessageDeflateOptions): string {
  return formatExtension(extensionName, offerFor(options))
}

/** Answers the offers of a client. Returns `undefined` where it offers other extensions only, and throws where none can be accepted. */
export function acceptedDeflate(header: string, options: PerMessageDeflateOptions): AcceptedDeflate | undefined {
  const offers = parseExtensions(header, 'refuse').filter(({ name }) => name === extensionName)
  if (offers.length === 0) return undefined
  const terms = acceptedTerms(offers.map(parametersOf), options)
  const extension = agreed(terms, terms.server, terms.client, options)
  return { extension, header: formatExtension(extensionName, terms.parameters) }
}

/** Reads a server's answer. Throws an error with the text of `ws` for an answer to something that was not offered, or that cannot be accepted. */
export function confirmedDeflate(header: string, options: PerMessageDeflateOptions): NegotiatedExtension | undefined {
  const answers = readAnswers(header)
  const [answer, ...others] = answers
  if (answer === undefined) return undefined
  if (answers.some(({ name }) => name !== extensionName)) throw new Error('Server indicated an extension that was not requested')
  if (others.length > 0) throw new Error(invalidAnswer)
  const terms = confirmed(answer.parameters, options)
  return agreed(terms, terms.client, terms.server, options)
}

function readAnswers(header: string): OfferedExtension[] {
  try {
    return parseExtensions(header, 'refuse')
  } catch {
    throw new Error(invalidAnswer)
  }
}

function confirmed(parameters: ExtensionParameters, options: PerMessageDeflateOptions): DeflateTerms {
  try {
    return confirmedTerms(parameters, options)
  } catch {
    throw new Error(invalidAnswer)
  }
}

function agreed(terms: DeflateTerms, own: Direction, peer: Direction, options: PerMessageDeflateOptions): NegotiatedExtension {
  const { level, memLevel } = options.zlibDeflateOptions ?? {}
  const settings = {
    level: level === undefined || level === constants.Z_DEFAULT_COMPRESSION ? usualLevel : level,
    memLevel: memLevel ?? usualMemLevel,
    threshold: own.noContextTakeover ? (options.threshold ?? usualThreshold) : 0,
  }
  return { name: extensionName, parameters: terms.parameters, instance: new DeflateInstance(codecs, { own, peer, settings }) }
}

function parametersOf({ parameters }: OfferedExtension): ExtensionParameters {
  return parameters
}

const extensionName = 'permessage-deflate'
const invalidAnswer = 'Invalid Sec-WebSocket-Extensions header'

/** zlib's own defaults, as `ws` has them. */
const usualLevel = 6
const usualMemLevel = 8

/** The default of `ws` in octets. */
const usualThreshold = 1024

/** The number of connections of the process that keep a compressor, as by default in `@autobahn-ts/websocket` (decision 27). */
const mostContexts = 512
const codecs = new Codecs(nodeDeflate, mostContexts)
