import type { OfferParameters, ResponseParameters } from './parameters.ts'

/*
 * The negotiation of RFC 7692 §7.1, one function for each role:
 *
 *     server    acceptOffer       the client's offer, the server's options    → the response, and how both sides compress
 *     client    acceptResponse    its offer, the response, its own options    → how both sides compress, or the rule that is broken
 *
 * Each parameter has a table, and below the table the lines that follow it. In the tables – is a parameter that is absent, "yes" one that is
 * present, and M, N and W are windows from 8 to 15. Options that the other side does not allow are lowered to what it allows.
 */

/** The way in which one side compresses. */
export interface Direction {
  /**
   * The size of the window as a power of two, 8 to 15. With 8 this side sends its messages uncompressed, because zlib would compress with a
   * window of 9 bits, which the peer could not read.
   */
  readonly windowBits: number
  readonly noContextTakeover: boolean
}

/** The ways in which this side and its peer compress. */
export interface Directions {
  readonly own: Direction
  readonly peer: Direction
}

/** The parameters that a server would respond with if the offer left it the choice. */
export interface ServerDeflateOptions {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  /** 8 to 15; 15 sets no limit. */
  readonly serverMaxWindowBits: number
  /** 8 to 15; `undefined` does not limit the client. */
  readonly clientMaxWindowBits: number | undefined
}

/** The limits that a client sets to its own compression when it accepts a response. */
export interface ClientDeflateOptions {
  readonly clientNoContextTakeover: boolean
  /** 8 to 15; 15 sets no limit. */
  readonly clientMaxWindowBits: number
}

/** The rule that a response breaks. */
export interface Refusal {
  /** A clause that names the parameter and the section of RFC 7692. */
  readonly brokenRule: string
}

/** Accepts an offer, as a server. Any offer can be accepted. */
export function acceptOffer(offer: OfferParameters, options: ServerDeflateOptions): Directions & { readonly response: ResponseParameters } {
  // server_no_context_takeover, RFC 7692 §7.1.1.1
  //
  //     offer      options    response
  //     –          –          –
  //     –          yes        yes
  //     yes        –, yes     yes

  const serverNoContextTakeover = offer.serverNoContextTakeover || options.serverNoContextTakeover

  // client_no_context_takeover, RFC 7692 §7.1.1.2
  //
  //     offer      options    response
  //     –          –          –
  //     –          yes        yes
  //     yes        –, yes     yes

  const clientNoContextTakeover = offer.clientNoContextTakeover || options.clientNoContextTakeover

  // server_max_window_bits, RFC 7692 §7.1.2.1
  //
  //     offer      options    response    window of the server
  //     –          15         –           15
  //     –          M < 15     M           M
  //     N          M          min(N, M)   min(N, M)

  let serverMaxWindowBits: number | undefined
  if (offer.serverMaxWindowBits !== undefined) serverMaxWindowBits = Math.min(offer.serverMaxWindowBits, options.serverMaxWindowBits)
  else if (options.serverMaxWindowBits < 15) serverMaxWindowBits = options.serverMaxWindowBits

  // client_max_window_bits, RFC 7692 §7.1.2.2
  //
  //     offer      options    response    window of the client
  //     –          –, M       –           15
  //     no value   –          –           15
  //     no value   M          M           M
  //     N          –          N           N
  //     N          M          min(N, M)   min(N, M)

  let clientMaxWindowBits: number | undefined
  if (offer.clientMaxWindowBits === undefined) clientMaxWindowBits = undefined
  else if (offer.clientMaxWindowBits === true) clientMaxWindowBits = options.clientMaxWindowBits
  else clientMaxWindowBits = Math.min(offer.clientMaxWindowBits, options.clientMaxWindowBits ?? offer.clientMaxWindowBits)

  return {
    response: { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits },
    own: { windowBits: serverMaxWindowBits ?? 15, noContextTakeover: serverNoContextTakeover },
    peer: { windowBits: clientMaxWindowBits ?? 15, noContextTakeover: clientNoContextTakeover },
  }
}

/** Accepts the response to an offer, as a client, or says which rule the response breaks. */
export function acceptResponse(
  offer: OfferParameters,
  response: ResponseParameters,
  options: ClientDeflateOptions = noLimits,
): Directions | Refusal {
  // server_no_context_takeover, RFC 7692 §7.1.1.1
  //
  //     offer      response   context takeover of the server
  //     –          –          yes
  //     –          yes        no
  //     yes        –          refused
  //     yes        yes        no

  const serverNoContextTakeover = response.serverNoContextTakeover
  if (offer.serverNoContextTakeover && !serverNoContextTakeover)
    return { brokenRule: 'server_no_context_takeover was offered, and the response does not have it (RFC 7692 §7.1.1.1)' }

  // client_no_context_takeover, RFC 7692 §7.1.1.2. An offer with it is a promise, which holds whether or not the response repeats it.
  //
  //     offer      response   options    context takeover of the client
  //     –          –          –          yes
  //     –          –          yes        no
  //     –          yes        –, yes     no
  //     yes        –, yes     –, yes     no

  const clientNoContextTakeover = offer.clientNoContextTakeover || response.clientNoContextTakeover || options.clientNoContextTakeover

  // server_max_window_bits, RFC 7692 §7.1.2.1
  //
  //     offer      response   window of the server
  //     –          –          15
  //     –          M          M
  //     N          –          refused
  //     N          M ≤ N      M
  //     N          M > N      refused

  const serverMaxWindowBits = response.serverMaxWindowBits
  if (offer.serverMaxWindowBits !== undefined) {
    if (serverMaxWindowBits === undefined)
      return { brokenRule: 'server_max_window_bits was offered, and the response does not have it (RFC 7692 §7.1.2.1)' }
    if (serverMaxWindowBits > offer.serverMaxWindowBits)
      return { brokenRule: tooLarge('server_max_window_bits', serverMaxWindowBits, offer.serverMaxWindowBits, '§7.1.2.1') }
  }

  // client_max_window_bits, RFC 7692 §7.1.2.2. A value in an offer is a promise, which holds whether or not the response repeats it.
  // W is the window in the options.
  //
  //     offer      response   window of the client
  //     –          –          W
  //     –          M          refused
  //     no value   –          W
  //     no value   M          min(M, W)
  //     N          –          min(N, W)
  //     N          M ≤ N      min(M, W)
  //     N          M > N      refused

  let clientMaxWindowBits = response.clientMaxWindowBits
  if (offer.clientMaxWindowBits === undefined) {
    if (clientMaxWindowBits !== undefined)
      return { brokenRule: 'client_max_window_bits was not offered, and the response has it (RFC 7692 §7.1.2.2)' }
  } else if (offer.clientMaxWindowBits !== true) {
    clientMaxWindowBits ??= offer.clientMaxWindowBits
    if (clientMaxWindowBits > offer.clientMaxWindowBits)
      return { brokenRule: tooLarge('client_max_window_bits', clientMaxWindowBits, offer.clientMaxWindowBits, '§7.1.2.2') }
  }
  clientMaxWindowBits = Math.min(clientMaxWindowBits ?? 15, options.clientMaxWindowBits)

  return {
    own: { windowBits: clientMaxWindowBits, noContextTakeover: clientNoContextTakeover },
    peer: { windowBits: serverMaxWindowBits ?? 15, noContextTakeover: serverNoContextTakeover },
  }
}

/**
 * Accepts the response to one of several offers, as a client. Throws an `Error` that names the broken rules if it is not a response to any of
 * them.
 *
 * A response does not say which offer it accepts. Where it fits several, the client keeps the promises of all of them.
 */
export function acceptResponseToOneOf(
  offers: readonly OfferParameters[],
  response: ResponseParameters,
  options: ClientDeflateOptions = noLimits,
): Directions {
  const accepted: Directions[] = []
  const brokenRules = new Set<string>()
  for (const offer of offers) {
    const outcome = acceptResponse(offer, response, options)
    if ('brokenRule' in outcome) brokenRules.add(outcome.brokenRule)
    else accepted.push(outcome)
  }
  if (accepted.length === 0) throw new Error(['no offer is answered by these parameters', ...brokenRules].join('; '))
  return {
    own: {
      windowBits: Math.min(...accepted.map(({ own }) => own.windowBits)),
      noContextTakeover: accepted.some(({ own }) => own.noContextTakeover),
    },
    peer: accepted[0]!.peer,
  }
}

function tooLarge(name: string, inResponse: number, offered: number, section: string): string {
  return `${name} is ${inResponse} in the response, and at most ${offered} was offered (RFC 7692 ${section})`
}

const noLimits: ClientDeflateOptions = { clientNoContextTakeover: false, clientMaxWindowBits: 15 }
