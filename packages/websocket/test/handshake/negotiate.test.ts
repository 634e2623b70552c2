import { describe, expect, it } from 'vitest'
import { parseExtensions } from '../../src/handshake/http/extension-header.ts'
import { MalformedHead } from '../../src/handshake/http/malformed-head.ts'
import { confirmExtensions, negotiateExtensions, offerExtensions } from '../../src/handshake/negotiate.ts'
import type { Extension, ExtensionInstance, ExtensionParameters } from '../../src/protocol/extending/extension.ts'

describe('negotiateExtensions', () => {
  it("asks each extension for all offers of its name, in the client's order", () => {
    const seen: unknown[] = []
    const accept: Extension['accept'] = offers => {
      seen.push(offers.map(offer => [...offer.keys()]))
      return { parameters: offers[0]!, instance: instance() }
    }
    const agreed = negotiateExtensions(
      [
        { name: 'a', accept },
        { name: 'b', accept },
      ],
      parseExtensions('b; x, a, c, b; y'),
    )
    expect(seen).toEqual([[['x'], ['y']], [[]]])
    expect(agreed.map(({ name, parameters }) => [name, ...parameters.keys()])).toEqual([['b', 'x'], ['a']])
  })

  it('leaves out extensions that decline, that accept nothing, or that are not offered', () => {
    const extensions: Extension[] = [{ name: 'a', accept: () => undefined }, { name: 'b' }, accepting('c')]
    expect(negotiateExtensions(extensions, parseExtensions('a, b'))).toEqual([])
  })

  it('declines offers of compression, whatever their parameters are, and never throws', () => {
    for (const bits of ['7', '8', '16', '1000', '08', '""', '-1', '1e1', '"15"', '999999999999999999999']) {
      for (const name of ['server_max_window_bits', 'client_max_window_bits']) {
        const offers = (): unknown => negotiateExtensions([accepting('other')], parseExtensions(`permessage-deflate; ${name}=${bits}`))
        if (bits === '""') expect(offers).toThrow(MalformedHead)
        else expect(offers()).toEqual([])
      }
    }
  })

  it('takes the first of two extensions with one name that accepts', () => {
    const second = accepting('a')
    const agreed = negotiateExtensions([{ name: 'a', accept: () => undefined }, second, accepting('a')], parseExtensions('a'))
    expect(agreed.map(one => one.instance)).toEqual([second.made[0]])
  })

  it('skips an extension whose bits or opcodes are claimed already, and closes its instance', () => {
    const [a, b, c, d] = [accepting('a', 4, [3]), accepting('b', 6), accepting('c', 0, [11, 3]), accepting('d', 2, [11])]
    const agreed = negotiateExtensions([a, b, c, d], parseExtensions('a, b, c, d'))
    expect(agreed.map(one => one.name)).toEqual(['a', 'd'])
    expect([a, b, c, d].map(one => one.made[0]?.closed)).toEqual([0, 1, 1, 0])
  })

  it('declines and reports an extension that throws', () => {
    const error = new Error('broken')
    const broken: Extension = {
      name: 'a',
      accept: () => {
        throw error
      },
    }
    const reports: unknown[] = []
    const agreed = negotiateExtensions([broken, accepting('b')], parseExtensions('a, b'), (...report) => reports.push(report))
    expect(agreed.map(one => one.name)).toEqual(['b'])
    expect(reports).toEqual([[error, broken]])
    expect(negotiateExtensions([broken], parseExtensions('a'))).toEqual([])
  })

  for (const [why, extension, message] of [
    ['bits that are not reserved', accepting('a', 8), 'extension "a" claims reserved bits 8'],
    ['negative bits', accepting('a', -1), 'extension "a" claims reserved bits -1'],
    ['broken bits', accepting('a', 0.5), 'extension "a" claims reserved bits 0.5'],
    ['an opcode of the protocol', accepting('a', 0, [3, 9]), 'extension "a" claims opcode 9'],
    ['parameters that are not tokens', accepting('a', 0, [], new Map([['x', 'a b']])), '"a b" in an extension is not a token'],
  ] as const) {
    it(`declines and reports an extension with ${why}`, () => {
      const reports: unknown[] = []
      expect(negotiateExtensions([extension], parseExtensions('a'), error => reports.push(error))).toEqual([])
      expect(reports).toEqual([expect.objectContaining({ name: 'ApiMisuse', message })])
      expect(extension.made[0]?.closed).toBe(1)
    })
  }
})

describe('offerExtensions', () => {
  it('writes all offers of all extensions', () => {
    const offer = () => [new Map([['x', '1']]), new Map<string, true>([['y', true]])]
    expect(
      offerExtensions([{ name: 'a', offer }, { name: 'b' }, { name: 'c', offer: () => [] }, { name: 'd', offer: () => [new Map()] }]),
    ).toBe('a; x=1, a; y, d')
  })

  it('is empty where nothing is offered', () => {
    expect(offerExtensions([])).toBe('')
  })
})

describe('confirmExtensions', () => {
  it('makes the instances of what was offered', () => {
    const [a, b] = [accepting('a', 4), accepting('b', 2)]
    const agreed = confirmExtensions([a, b], 'a; x, b', parseExtensions('b, a; x=1'))
    expect(agreed.map(({ name, instance: made }) => [name, made])).toEqual([
      ['b', b.made[0]],
      ['a', a.made[0]],
    ])
    expect(agreed[1]?.parameters).toEqual(new Map([['x', '1']]))
  })

  for (const [why, extensions, offered, answered, message] of [
    ['was not offered', [accepting('a'), accepting('c')], 'a', 'a, b', 'extension "b" was not offered'],
    ['is configured but was not offered', [accepting('a'), accepting('c')], 'a', 'a, c', 'extension "c" was not offered'],
    ['was answered twice', [accepting('a')], 'a', 'a, a', 'extension "a" was answered twice'],
    ['cannot be confirmed', [accepting('a'), { name: 'b' }], 'a, b', 'a, b', 'extension "b" cannot be confirmed'],
    ['collides', [accepting('a', 4), accepting('b', 4)], 'a, b', 'a, b', 'extensions "a" and "b" claim the same bits or opcodes'],
    [
      'is refused by the extension',
      [accepting('a'), refusing('b', new Error('15 bits'))],
      'a, b',
      'a, b',
      'extension "b" refuses the server\'s answer: 15 bits',
    ],
    [
      'is refused with something else than an error',
      [accepting('a'), refusing('b', 'no')],
      'a, b',
      'a, b',
      'extension "b" refuses the server\'s answer: no',
    ],
  ] as const) {
    it(`fails when an extension ${why}, and closes what it has made`, () => {
      expect(() => confirmExtensions(extensions, offered, parseExtensions(answered))).toThrowError(
        expect.objectContaining({ name: 'HandshakeFailed', message, status: 101 }),
      )
      for (const extension of extensions) if ('made' in extension) expect(extension.made.every(made => made.closed === 1)).toBe(true)
    })
  }

  it('keeps the cause of a refusal', () => {
    const cause = new Error('no')
    expect(() => confirmExtensions([refusing('a', cause)], 'a', parseExtensions('a'))).toThrowError(expect.objectContaining({ cause }))
  })

  it('reports bits that are not reserved bits as ApiMisuse', () => {
    expect(() => confirmExtensions([accepting('a', 8)], 'a', parseExtensions('a'))).toThrowError(
      expect.objectContaining({ name: 'ApiMisuse' }),
    )
  })
})

type FakeInstance = ExtensionInstance & { closed: number }
type FakeExtension = Required<Pick<Extension, 'name' | 'accept' | 'confirm'>> & { readonly made: FakeInstance[] }

function accepting(
  name: string,
  reservedBits = 0,
  opcodes: readonly number[] = [],
  parameters: ExtensionParameters = new Map(),
): FakeExtension {
  const made: FakeInstance[] = []
  const make = () => {
    const one = instance(reservedBits, opcodes)
    made.push(one)
    return one
  }
  return { name, made, accept: () => ({ parameters, instance: make() }), confirm: make }
}

function refusing(name: string, why: unknown): Extension {
  return {
    name,
    confirm: () => {
      throw why
    },
  }
}

function instance(reservedBits = 0, opcodes: readonly number[] = []): FakeInstance {
  return {
    reservedBits,
    opcodes,
    closed: 0,
    close() {
      this.closed++
    },
  }
}
