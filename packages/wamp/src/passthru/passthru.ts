import { ApiMisuse, heeded, shownValue } from '@autobahn-ts/websocket/portable'
import { isPlain } from '../messages/is-plain.ts'
import type { ClientMessage, Dict, Id, Message, PassthruAttributes, Uri } from '../messages/message.ts'
import { MessageType } from '../messages/message-type.ts'
import { emptyPayload, type Payload, payloadOf } from '../messages/payload.ts'
import type { FilteredSession, MessageFilter, SessionFilter } from '../session/message-filter.ts'
import type { RouterFeatures } from '../session/router-features.ts'
import { WampError } from '../session/wamp-error.ts'
import type { PayloadCodec, SealedPayload } from './payload-codec.ts'
import { unopened } from './unopened.ts'

/** Makes the option `passthru` of `connect` from codecs, one for each scheme. */
export function passthru(codecs: readonly PayloadCodec[]): MessageFilter {
  const byScheme = new Map<string, PayloadCodec>()
  for (const codec of codecs) {
    const { scheme } = codec
    if (typeof scheme !== 'string' || !/^(wamp|mqtt|x_\w+)$/.test(scheme)) {
      throw new ApiMisuse(`the scheme of a codec must be wamp, mqtt, or begin with x_, and not be ${shownValue(scheme)}`)
    }
    if (byScheme.has(scheme)) throw new ApiMisuse(`there are two codecs for the scheme ${scheme}`)
    byScheme.set(scheme, codec)
  }
  return { begin: router => new PassthruFilter(byScheme, router) }
}

const { CALL, PUBLISH, YIELD, ERROR, EVENT, INVOCATION, RESULT } = MessageType

class PassthruFilter implements SessionFilter {
  readonly #codecs: ReadonlyMap<string, PayloadCodec>
  readonly #router: RouterFeatures
  /** The schemes of invocations that came sealed, until they are answered. */
  readonly #invocations = new Map<Id, string>()
  /** The schemes of calls in progress: their later chunks are sealed too. */
  readonly #calls = new Map<Id, string>()

  constructor(codecs: ReadonlyMap<string, PayloadCodec>, router: RouterFeatures) {
    this.#codecs = codecs
    this.#router = router
  }

  received(message: Message, session: FilteredSession): Message | undefined {
    try {
      return this.#opened(message)
    } catch (error) {
      if (!(error instanceof WampError)) throw error
      return unopened(message, error, session)
    }
  }

  #opened(message: Message): Message {
    switch (message[0]) {
      case EVENT:
        if (message[3].ppt_scheme === undefined) return message
        return [EVENT, message[1], message[2], message[3], this.#open(message[3], message[4], message[3].topic)]
      case INVOCATION: {
        const [, request, registration, details, payload] = message
        if (details.ppt_scheme === undefined) return message
        const opened = this.#open(details, payload, details.procedure)
        this.#invocations.set(request, details.ppt_scheme)
        return [INVOCATION, request, registration, details, opened]
      }
      case RESULT:
        if (message[2].progress !== true) this.#calls.delete(message[1])
        if (message[2].ppt_scheme === undefined) return message
        return [RESULT, message[1], message[2], this.#open(message[2], message[3], undefined)]
      case ERROR:
        if (message[1] === CALL) this.#calls.delete(message[2])
        if (message[3].ppt_scheme === undefined) return message
        return [ERROR, message[1], message[2], message[3], message[4], this.#open(message[3], message[5], message[4])]
      default:
        return message
    }
  }

  sending(message: ClientMessage): ClientMessage {
    switch (message[0]) {
      case CALL: {
        const [, request, options, procedure, payload] = message
        const scheme = options.ppt_scheme ?? this.#calls.get(request)
        if (scheme === undefined) return message
        this.#expectFeature('dealer')
        const [attributes, sealed] = this.#seal(scheme, payload, procedure)
        if (options.progress === true) this.#calls.set(request, scheme)
        else this.#calls.delete(request)
        return [CALL, request, { ...options, ...attributes }, procedure, sealed]
      }
      case PUBLISH: {
        const [, request, options, topic, payload] = message
        if (options.ppt_scheme === undefined) return message
        this.#expectFeature('broker')
        const [attributes, sealed] = this.#seal(options.ppt_scheme, payload, topic)
        return [PUBLISH, request, { ...options, ...attributes }, topic, sealed]
      }
      case YIELD: {
        const [, request, options, payload] = message
        const scheme = this.#invocations.get(request)
        if (scheme === undefined) return message
        const [attributes, sealed] = this.#seal(scheme, payload, undefined)
        if (options.progress !== true) this.#invocations.delete(request)
        return [YIELD, request, { ...options, ...attributes }, sealed]
      }
      case ERROR: {
        const [, type, request, details, uri, payload] = message
        const scheme = this.#invocations.get(request)
        if (scheme === undefined) return message
        this.#invocations.delete(request)
        const [attributes, sealed] = this.#seal(scheme, payload, uri)
        return [ERROR, type, request, { ...details, ...attributes }, uri, sealed]
      }
      default:
        return message
    }
  }

  #open(attributes: PassthruAttributes, { args }: Payload = emptyPayload, uri: Uri | undefined): Payload | undefined {
    const codec = this.#codecs.get(attributes.ppt_scheme!)
    if (codec === undefined) {
      throw new WampError('wamp.error.feature_not_supported', [`there is no codec for the payload scheme ${attributes.ppt_scheme}`])
    }
    const [octets] = args
    if (!(octets instanceof Uint8Array) || args.length !== 1) throw unreadable(new Error('it is not one binary value'))
    try {
      return openedBy(codec, codec.decode(octets, attributes, uri))
    } catch (error) {
      throw unreadable(error)
    }
  }

  #seal(scheme: string, payload: Payload = emptyPayload, uri: Uri | undefined): [attributes: Dict, payload: Payload | undefined] {
    const codec = this.#codecs.get(scheme)
    if (codec === undefined)
      throw new ApiMisuse(`there is no codec for the payload scheme ${scheme}; there are ${[...this.#codecs.keys()].join(', ')}`)
    const { octets, serializer, cipher, keyid } = sealedBy(codec, codec.encode(payload, uri))
    const attributes = {
      ppt_scheme: scheme,
      ...(serializer !== undefined && { ppt_serializer: serializer }),
      ...(cipher !== undefined && { ppt_cipher: cipher }),
      ...(keyid !== undefined && { ppt_keyid: keyid }),
    }
    return [attributes, payloadOf([octets])]
  }

  /** A router that has not announced the mode would take it for a violation. */
  #expectFeature(role: 'dealer' | 'broker'): void {
    if (this.#router.has(role, 'payload_passthru_mode')) return
    throw new WampError('wamp.error.feature_not_supported', ['the router has not announced payload_passthru_mode'])
  }
}

/** Throws `ApiMisuse` for what is not a sealed payload, such as a promise of one. */
function sealedBy({ scheme }: PayloadCodec, sealed: unknown): SealedPayload {
  const { octets, ...attributes } = (isPlain(sealed) ? sealed : {}) as Partial<SealedPayload>
  if (!(octets instanceof Uint8Array))
    throw new ApiMisuse(
      `encode of the codec ${scheme} must return { octets: Uint8Array, … } at once, and not ${shownValue(heeded(sealed))}`,
    )
  for (const name of ['serializer', 'cipher', 'keyid'] as const)
    if (attributes[name] !== undefined && typeof attributes[name] !== 'string')
      throw new ApiMisuse(`${name} of the codec ${scheme} must be a string, and not ${shownValue(attributes[name])}`)
  return { octets, ...attributes }
}

/** Throws `ApiMisuse` for what is not an open payload, such as a promise of one, which would be taken for an empty one. */
function openedBy({ scheme }: PayloadCodec, opened: unknown): Payload | undefined {
  if (!isPlain(opened))
    throw new ApiMisuse(`decode of the codec ${scheme} must return { args, kwargs } at once, and not ${shownValue(heeded(opened))}`)
  const { args, kwargs } = opened
  if ((args !== undefined && !Array.isArray(args)) || (kwargs !== undefined && !isPlain(kwargs)))
    throw new ApiMisuse(`decode of the codec ${scheme} must return a list of args and an object of kwargs`)
  return payloadOf(args, kwargs)
}

/** The peer is not told why: what a cipher says may help to break it. */
function unreadable(cause: unknown): WampError {
  return new WampError('wamp.error.invalid_argument', ['the sealed payload cannot be opened'], {}, { cause })
}
