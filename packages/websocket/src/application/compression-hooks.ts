import type { Runtime } from '../bytes/runtime.ts'
import { choicesByHooks, type OfferAcceptor, type ResponseAcceptor } from '../extensions/permessage-deflate/choices.ts'
import type { PerMessageDeflateOffer } from '../extensions/permessage-deflate/offer-and-response.ts'
import { perMessageDeflateOptions } from '../extensions/permessage-deflate/options.ts'
import { PerMessageDeflate } from '../extensions/permessage-deflate/permessage-deflate.ts'
import type { Extension } from '../protocol/extending/extension.ts'
import type { ClientOptions, CommonOptions, ServerOptions } from '../protocol/options/options.ts'

/** The options of a server as applications give them: with the types of what the hooks are given. */
export interface ServerProtocolOptions extends Partial<Omit<ServerOptions, 'perMessageCompressionAccept'>> {
  /** What to accept of what a client offers; nothing declines. Default: permessage-deflate is not negotiated this way. */
  readonly perMessageCompressionAccept?: OfferAcceptor | undefined
}

/** The options of a client. */
export interface ClientProtocolOptions extends Partial<Omit<ClientOptions, 'perMessageCompressionAccept' | 'perMessageCompressionOffers'>> {
  /** What to offer, best first. Default: nothing. */
  readonly perMessageCompressionOffers?: readonly PerMessageDeflateOffer[]
  /** How to accept what the server answers; nothing fails the handshake. Default: as it was answered. */
  readonly perMessageCompressionAccept?: ResponseAcceptor | undefined
}

/**
 * The options of a factory, together with the extension that the compression hooks in them ask for. They are made once for the options and the
 * runtime of now, since connections share what they compress with.
 */
export class CompressingOptions<Options extends CommonOptions> {
  readonly #extensionsOf: (options: Options, runtime: Runtime) => readonly Extension[]
  #made: { readonly from: Options; readonly runtime: Runtime; readonly options: Options } | undefined

  /** `extensionsOf`: `serverExtensions` or `clientExtensions`. */
  constructor(extensionsOf: (options: Options, runtime: Runtime) => readonly Extension[]) {
    this.#extensionsOf = extensionsOf
  }

  from(options: Options, runtime: Runtime): Options {
    if (this.#made?.from === options && this.#made.runtime === runtime) return this.#made.options
    const extensions = this.#extensionsOf(options, runtime)
    const made = extensions === options.extensions ? options : { ...options, extensions }
    this.#made = { from: options, runtime, options: made }
    return made
  }
}

/** The extension that the hooks of a server ask for, behind those that were given as such. */
export function serverExtensions({ extensions, perMessageCompressionAccept }: ServerOptions, runtime: Runtime): readonly Extension[] {
  if (perMessageCompressionAccept === undefined || runtime.deflate === undefined) return extensions
  const negotiation = choicesByHooks({ acceptOffer: perMessageCompressionAccept as OfferAcceptor })
  return [...extensions, new PerMessageDeflate(runtime.deflate, negotiation, maxContexts)]
}

/** The same for a client. */
export function clientExtensions(options: ClientOptions, runtime: Runtime): readonly Extension[] {
  const { extensions, perMessageCompressionOffers: offers, perMessageCompressionAccept } = options
  if (offers.length === 0 || runtime.deflate === undefined) return extensions
  const negotiation = choicesByHooks({
    offers: offers as readonly PerMessageDeflateOffer[],
    acceptResponse: perMessageCompressionAccept as ResponseAcceptor | undefined,
  })
  return [...extensions, new PerMessageDeflate(runtime.deflate, negotiation, maxContexts)]
}

const maxContexts = perMessageDeflateOptions.maxContexts.default
