import type { Runtime } from '../bytes/runtime.ts'
import { choicesByHooks, type OfferAcceptor, type ResponseAcceptor } from '../extensions/permessage-deflate/choices.ts'
import type { PerMessageDeflateOffer } from '../extensions/permessage-deflate/offer-and-response.ts'
import { perMessageDeflateOptions } from '../extensions/permessage-deflate/options.ts'
import { PerMessageDeflate } from '../extensions/permessage-deflate/permessage-deflate.ts'
import type { Extension } from '../protocol/extending/extension.ts'
import type { ClientOptions, CommonOptions, ServerOptions } from '../protocol/options/options.ts'

/** The protocol options of a server, with precise types for the compression hooks. */
export interface ServerProtocolOptions extends Partial<Omit<ServerOptions, 'perMessageCompressionAccept'>> {
  /**
   * Chooses one of a client's offers of permessage-deflate; returning nothing declines. Default: permessage-deflate is not negotiated by
   * hooks.
   */
  readonly perMessageCompressionAccept?: OfferAcceptor | undefined
}

/** The protocol options of a client, with precise types for the compression hooks. */
export interface ClientProtocolOptions extends Partial<Omit<ClientOptions, 'perMessageCompressionAccept' | 'perMessageCompressionOffers'>> {
  /** Offers of permessage-deflate, best first. Default: none. */
  readonly perMessageCompressionOffers?: readonly PerMessageDeflateOffer[]
  /** Decides how to accept the server's answer; returning nothing fails the handshake. Default: accept it as it is. */
  readonly perMessageCompressionAccept?: ResponseAcceptor | undefined
}

/**
 * The options of a factory with the extension added that the compression hooks among them ask for. They are made once per options and
 * runtime, because connections share what they compress with.
 */
export class CompressingOptions<Options extends CommonOptions> {
  readonly #extensionsOf: (options: Options, runtime: Runtime) => readonly Extension[]
  #made: { readonly from: Options; readonly runtime: Runtime; readonly options: Options } | undefined

  /** `extensionsOf` is `serverExtensions` or `clientExtensions`. */
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

/** Returns the extensions of a server: the configured ones, then the one that the compression hook asks for. */
export function serverExtensions({ extensions, perMessageCompressionAccept }: ServerOptions, runtime: Runtime): readonly Extension[] {
  if (perMessageCompressionAccept === undefined || runtime.deflate === undefined) return extensions
  const negotiation = choicesByHooks({ acceptOffer: perMessageCompressionAccept as OfferAcceptor })
  return [...extensions, new PerMessageDeflate(runtime.deflate, negotiation, maxContexts)]
}

/** Returns the extensions of a client: the configured ones, then the one that the compression hooks ask for. */
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
