import {
  ApiMisuse,
  type Awaitable,
  checkOptions,
  type OptionChecks,
  optionCheck,
  shownValue,
  trueOrFalse,
} from '@autobahn-ts/websocket/portable'
import type { Dict } from '../messages/message.ts'
import type { TransportDetails } from '../transports/message-transport.ts'
import type { AuthAnswer, AuthAttempt, AuthMethod } from './auth-method.ts'
import { ChallengeRefused } from './challenge-refused.ts'
import { cryptosignSignature, isCryptosignSignature, publicKeyOf } from './cryptosign.ts'
import { hex, octetsOfHex } from './hex.ts'

/** Options of `cryptosign`. */
export interface CryptosignOptions {
  /** The name to join with. Default: none; the router knows it by the key. */
  readonly authid?: string
  /**
   * The public key of the router, 64 letters of hex. A router that does not prove that it has it is refused, also one that lets the client in by another
   * method or without a challenge.
   */
  readonly routerKey?: string
  /** Whether the proof must be good on this TLS connection alone (`tls-exporter`); fails where the transport has no TLS. Default: false. */
  readonly channelBinding?: boolean
}

/**
 * Authenticates by an Ed25519 key: the router knows the public key, and this side signs a challenge.
 *
 * `privateKey` is 32 octets as 64 letters of hex, or a function that returns them, which is called for each session.
 */
export function cryptosign(privateKey: string | (() => Awaitable<string>), options: CryptosignOptions = {}): AuthMethod {
  checkOptions<CryptosignOptions>(options, cryptosignOptions, 'cryptosign')
  if (typeof privateKey !== 'function') checkKey(privateKey)
  return { name: 'cryptosign', begin: transport => beginning(privateKey, options, transport) }
}

async function beginning(
  given: string | (() => Awaitable<string>),
  options: CryptosignOptions,
  transport: TransportDetails,
): Promise<AuthAttempt> {
  const privateKey = typeof given === 'function' ? await given() : given
  checkKey(privateKey)
  const { authid, routerKey, channelBinding = false } = options
  const channelId = channelBinding ? transport.channelId?.() : undefined
  if (channelBinding && channelId === undefined) throw new ChallengeRefused('the transport has no TLS to which cryptosign could be bound')
  const ownChallenge = hex(crypto.getRandomValues(new Uint8Array(32)))
  const authextra: Dict = {
    pubkey: publicKeyOf(privateKey),
    ...(channelBinding && { channel_binding: 'tls-exporter' }),
    ...(routerKey !== undefined && { challenge: ownChallenge }),
  }
  const answer = (extra: Dict): AuthAnswer => {
    const { challenge, signature, channel_binding: binding } = extra
    if (typeof challenge !== 'string') throw new ChallengeRefused('the challenge of cryptosign is not a text')
    if (channelBinding && binding !== 'tls-exporter')
      throw new ChallengeRefused('the router does not bind cryptosign to the TLS connection')
    if (
      routerKey !== undefined &&
      !(typeof signature === 'string' && isCryptosignSignature(routerKey, ownChallenge, signature, channelId))
    ) {
      throw new ChallengeRefused('the router has not proved that it has the key of the option routerKey')
    }
    return { signature: cryptosignSignature(privateKey, challenge, channelId) }
  }
  return { hello: { ...(authid !== undefined && { authid }), authextra }, answer, ...(routerKey !== undefined && { wantsProof: 'always' }) }
}

/** Throws `ApiMisuse` for what is not a private key. A secret is not shown. */
function checkKey(key: unknown): asserts key is string {
  if (typeof key === 'string' && octetsOfHex(key)?.length === 32) return
  const what = typeof key === 'string' ? `a text of ${key.length} letters` : shownValue(typeof key)
  throw new ApiMisuse(`the private key of cryptosign must be 64 letters of hex, or a function that returns them, and not ${what}`)
}

const cryptosignOptions: OptionChecks<CryptosignOptions> = {
  authid: optionCheck('a string', value => typeof value === 'string'),
  routerKey: optionCheck('64 letters of hex', value => typeof value === 'string' && octetsOfHex(value)?.length === 32),
  channelBinding: trueOrFalse,
}
