import type { Octets } from '../bytes/octets.ts'
import type { ExtensionInstance, MessageTransform, NegotiatedExtension } from './extension.ts'
import type { FrameHeader } from './frame-header.ts'
import type { SendOptions } from './send-options.ts'

/** The extensions of one connection as one, in the order that was negotiated (RFC 6455 §9.1: the first is nearest to the application). */
export class ExtensionChain {
  readonly #instances: readonly ExtensionInstance[]
  readonly reservedBits: number
  readonly opcodes: ReadonlySet<number>
  /** Whether a message may be transformed at all. */
  readonly hasEncoder: boolean
  readonly hasDecoder: boolean
  /** Connections with equal keys may share a prepared message; `undefined` where one of the transforms cannot be shared. */
  readonly cacheKey: string | undefined

  constructor(extensions: readonly NegotiatedExtension[]) {
    this.#instances = extensions.map(extension => extension.instance)
    this.reservedBits = this.#instances.reduce((bits, instance) => bits | instance.reservedBits, 0)
    this.opcodes = new Set(this.#instances.flatMap(instance => instance.opcodes))
    this.hasEncoder = this.#instances.some(instance => instance.encoder !== undefined)
    this.hasDecoder = this.#instances.some(instance => instance.decoder !== undefined)
    this.cacheKey = sharedKey(extensions.filter(extension => extension.instance.encoder !== undefined))
  }

  /** Lets the extensions look at a header that carries what they claim. */
  check(header: FrameHeader): void {
    for (const instance of this.#instances) {
      if ((header.reserved & instance.reservedBits) !== 0 || instance.opcodes.includes(header.opcode)) instance.check?.(header)
    }
  }

  encoder(isBinary: boolean, options: SendOptions): MessageTransform | undefined {
    if (!this.hasEncoder) return undefined
    return joined(this.#instances.map(instance => instance.encoder?.({ isBinary, options })))
  }

  decoder(firstHeader: FrameHeader): MessageTransform | undefined {
    if (!this.hasDecoder) return undefined
    return joined(this.#instances.map(instance => instance.decoder?.(firstHeader)).reverse())
  }

  /** Bits that belong to whole messages: they may stand on a first frame only. */
  get messageBits(): number {
    return this.#instances.reduce((bits, instance) => (instance.decoder === undefined ? bits : bits | instance.reservedBits), 0)
  }

  /** One that throws does not keep the others from being closed. */
  close(): void {
    const failures: unknown[] = []
    for (const instance of this.#instances) {
      try {
        instance.close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}

function sharedKey(encoding: readonly NegotiatedExtension[]): string | undefined {
  if (encoding.some(extension => extension.instance.cacheKey === undefined)) return undefined
  return encoding.map(extension => `${extension.name}=${extension.instance.cacheKey}`).join(';')
}

/** One transform after the other. */
function joined(transforms: readonly (MessageTransform | undefined)[]): MessageTransform | undefined {
  const present = transforms.filter(transform => transform !== undefined)
  return present.length === 0 ? undefined : present.reduce(inSequence)
}

function inSequence(first: MessageTransform, second: MessageTransform): MessageTransform {
  return {
    reserved: first.reserved | second.reserved,
    write(octets: Octets, emit: (octets: Octets) => void): void {
      first.write(octets, piece => second.write(piece, emit))
    },
    flush(emit: (octets: Octets) => void): void {
      first.flush?.(piece => second.write(piece, emit))
      second.flush?.(emit)
    },
    end(emit: (octets: Octets) => void): void {
      first.end(piece => second.write(piece, emit))
      second.end(emit)
    },
  }
}
