import { describe, expect, it } from 'vitest'
import type { Octets } from '../../../src/bytes/octets.ts'
import type {
  ExtensionInstance,
  MessageTransform,
  NegotiatedExtension,
  OutgoingMessage,
} from '../../../src/protocol/extending/extension.ts'
import { ExtensionChain } from '../../../src/protocol/extending/extension-chain.ts'
import type { SendOptions } from '../../../src/protocol/frames/send-options.ts'
import { octetsOf, textOf } from '../wire.ts'

const header = { opcode: 1, isFinal: true, reserved: 4, length: 0 }

function message(isBinary: boolean, options: SendOptions): OutgoingMessage {
  return { isBinary, options, length: undefined, isShared: false }
}

describe('ExtensionChain', () => {
  it('without extensions claims nothing and transforms nothing', () => {
    const chain = new ExtensionChain([])
    expect({
      reservedBits: chain.reservedBits,
      opcodes: chain.opcodes.size,
      hasEncoder: chain.hasEncoder,
      hasDecoder: chain.hasDecoder,
      messageBits: chain.messageBits,
    }).toEqual({ reservedBits: 0, opcodes: 0, hasEncoder: false, hasDecoder: false, messageBits: 0 })
    expect({ encoder: chain.encoder(message(true, {})), decoder: chain.decoder(header, false), cacheKey: chain.cacheKey }).toEqual({
      encoder: undefined,
      decoder: undefined,
      cacheKey: '',
    })
    chain.check(header)
    chain.close()
  })

  it('claims what its extensions claim', () => {
    const chain = new ExtensionChain([
      extension('a', { reservedBits: 4, decoder: () => around('<', '>') }),
      extension('b', { reservedBits: 1, opcodes: [3, 11] }),
    ])
    expect({ reservedBits: chain.reservedBits, opcodes: [...chain.opcodes], messageBits: chain.messageBits }).toEqual({
      reservedBits: 5,
      opcodes: [3, 11],
      messageBits: 4,
    })
  })

  it('encodes with the first extension first, and decodes the other way round', () => {
    const chain = new ExtensionChain([
      extension('a', { reservedBits: 4, encoder: () => around('(', ')', 4), decoder: () => around('[', ']') }),
      extension('b', {}),
      extension('c', { reservedBits: 2, encoder: () => around('<', '>', 2), decoder: () => around('{', '}') }),
    ])
    const encoder = chain.encoder(message(true, {}))!
    expect(encoder.reserved).toBe(6)
    expect(whole(encoder, ['x', 'y'])).toBe('<(x<(y<)>')
    expect(whole(chain.decoder(header, false)!, ['x'])).toBe('[{x[}]')
  })

  it('gives the second what the first has emitted, in order, also where both take their time', async () => {
    const turns = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await undefined
    }
    const late = (mark: string, count: number): MessageTransform => ({
      reserved: 0,
      write: async (octets, emit) => {
        const kept = textOf(octets)
        for (const piece of kept) {
          await turns(count)
          emit(Uint8Array.from(octetsOf(mark + piece)))
        }
      },
      end: emit => turns(count).then(() => emit(Uint8Array.from(octetsOf(`${mark}.`)))),
    })
    for (const [first, second] of [
      [0, 0],
      [1, 3],
      [3, 1],
    ] as const) {
      const chain = new ExtensionChain([
        extension('a', { encoder: () => late('1', first) }),
        extension('b', { encoder: () => late('2', second) }),
      ])
      const encoder = chain.encoder(message(false, {}))!
      const out: string[] = []
      const emit = (octets: Octets): void => void out.push(textOf(octets))
      await encoder.write(Uint8Array.from(octetsOf('xy')), emit)
      await encoder.flush?.(emit)
      await encoder.end(emit)
      expect(out.join('')).toBe('212x212y212.2.')
    }
  })

  for (const member of ['encoder', 'decoder'] as const) {
    it(`names the one extension of several whose ${member} emits too late, also where the next one would take it`, async () => {
      const passing = (): MessageTransform => ({ reserved: 0, write: (octets, emit) => emit(octets), end: () => undefined })
      for (const late of ['a', 'b']) {
        let emitLate = (): void => undefined
        const keeping = (): MessageTransform => ({
          reserved: 0,
          write: async (_octets, emit) => {
            emitLate = () => void emit(Uint8Array.of(1))
          },
          end: () => undefined,
        })
        const chain = new ExtensionChain([
          extension('a', { [member]: late === 'a' ? keeping : passing }),
          extension('b', { [member]: late === 'b' ? keeping : passing }),
        ])
        const transform = member === 'encoder' ? chain.encoder(message(true, {}))! : chain.decoder(header, false)!
        await transform.write(Uint8Array.of(1), () => undefined)
        expect(emitLate).toThrow(`extension ${late}: its ${member} emits before write, flush and end are done, and not later`)
      }
    })
  }

  it('tells the first encoder that the whole message is there, and those behind it that they are given it in pieces', () => {
    const told: unknown[] = []
    const encoder = (given: OutgoingMessage): MessageTransform => {
      told.push(given.isWhole)
      return around('', '')
    }
    const chain = new ExtensionChain([
      extension('a', { encoder: () => undefined }),
      extension('b', { encoder }),
      extension('c', { encoder }),
    ])
    chain.encoder({ ...message(true, {}), isWhole: true })
    expect(told).toEqual([true, false])
  })

  it('tells all encoders where a message will not be completed', () => {
    const told: string[] = []
    const encoder = (name: string) => (): MessageTransform => ({ ...around('', ''), abandon: () => void told.push(name) })
    new ExtensionChain([extension('a', { encoder: encoder('a') }), extension('b', { encoder: encoder('b') })]).encoder(message(true, {}))!
      .abandon!()
    expect(told).toEqual(['a', 'b'])
  })

  it('rejects with what either of them rejects with', async () => {
    const broken = (): MessageTransform => ({ reserved: 0, write: () => Promise.reject(new Error('broken')), end: () => undefined })
    const plain = (): MessageTransform => around('', '')
    for (const [first, second] of [
      [broken, plain],
      [plain, broken],
    ] as const) {
      const chain = new ExtensionChain([extension('a', { encoder: first }), extension('b', { encoder: second })])
      await expect(chain.encoder(message(false, {}))!.write(Uint8Array.of(1), () => undefined)).rejects.toThrow('broken')
    }
  })

  it('flushes through all that hold something back', () => {
    const holding = (): MessageTransform => {
      let held: Octets[] = []
      const release = (emit: (octets: Octets) => void): void => {
        for (const octets of held) emit(octets)
        held = []
      }
      return { reserved: 0, write: octets => void held.push(octets.slice()), flush: release, end: release }
    }
    const chain = new ExtensionChain([extension('a', { encoder: holding }), extension('b', { encoder: holding })])
    const encoder = chain.encoder(message(false, {}))!
    const out: string[] = []
    const emit = (octets: Octets): void => void out.push(textOf(octets))
    encoder.write(Uint8Array.from(octetsOf('x')), emit)
    expect(out).toEqual([])
    encoder.flush!(emit)
    expect(out).toEqual(['x'])
    encoder.end(emit)
    expect(out).toEqual(['x'])
  })

  it('flushes past those that need no flush', () => {
    const chain = new ExtensionChain([extension('a', { encoder: () => around('', '') }), extension('b', { encoder: () => around('', '') })])
    const out: Octets[] = []
    chain.encoder(message(false, {}))!.flush!(octets => void out.push(octets))
    expect(out).toEqual([])
  })

  it('leaves a message as it is that no extension wants to transform', () => {
    const chain = new ExtensionChain([
      extension('a', { encoder: ({ options }) => (options.doNotCompress ? undefined : around('<', '>')), decoder: () => undefined }),
    ])
    expect(chain.encoder(message(true, { doNotCompress: true }))).toBeUndefined()
    expect(chain.decoder(header, false)).toBeUndefined()
    expect(whole(chain.encoder(message(true, {}))!, ['x'])).toBe('<x>')
  })

  it('shows a header to those whose bit or opcode it carries', () => {
    const seen: string[] = []
    const check = (name: string) => () => void seen.push(name)
    const chain = new ExtensionChain([
      extension('a', { reservedBits: 4, check: check('a') }),
      extension('b', { reservedBits: 2, opcodes: [3], check: check('b') }),
      extension('c', { reservedBits: 4 }),
    ])
    chain.check(header)
    chain.check({ ...header, reserved: 0, opcode: 3 })
    chain.check({ ...header, reserved: 6 })
    expect(seen).toEqual(['a', 'b', 'a', 'b'])
  })

  it('has a key to share prepared messages by, unless an encoder has none', () => {
    const encoder = (): MessageTransform => around('', '')
    const keyed = extension('a', { encoder, cacheKey: '9' })
    expect(new ExtensionChain([keyed, extension('b', {})]).cacheKey).toBe('a=9')
    expect(new ExtensionChain([keyed, extension('b', { encoder, cacheKey: '1' })]).cacheKey).toBe('a=9;b=1')
    expect(new ExtensionChain([keyed, extension('b', { encoder })]).cacheKey).toBeUndefined()
    expect(new ExtensionChain([keyed, extension('b', { encoder, cacheKey: undefined })]).cacheKey).toBeUndefined()
  })

  it('closes all extensions', () => {
    const closed: string[] = []
    new ExtensionChain(['a', 'b'].map(name => extension(name, { close: () => void closed.push(name) }))).close()
    expect(closed).toEqual(['a', 'b'])
  })

  it('closes the other extensions when one throws', () => {
    const closed: string[] = []
    const failing = extension('a', {
      close: () => {
        throw new Error('no')
      },
    })
    expect(() => new ExtensionChain([failing, extension('b', { close: () => void closed.push('b') })]).close()).toThrow('no')
    expect(closed).toEqual(['b'])
  })
})

function extension(name: string, instance: Partial<ExtensionInstance>): NegotiatedExtension {
  return { name, parameters: new Map(), instance: { reservedBits: 0, opcodes: [], close: () => undefined, ...instance } }
}

/** Puts a text before each piece, and one at the end. */
function around(before: string, after: string, reserved = 0): MessageTransform {
  return {
    reserved,
    write: (octets, emit) => emit(Uint8Array.from([...octetsOf(before), ...octets])),
    end: emit => emit(Uint8Array.from(octetsOf(after))),
  }
}

function whole(transform: MessageTransform, pieces: readonly string[]): string {
  const out: string[] = []
  for (const piece of pieces) transform.write(Uint8Array.from(octetsOf(piece)), octets => void out.push(textOf(octets)))
  transform.end(octets => void out.push(textOf(octets)))
  return out.join('')
}
