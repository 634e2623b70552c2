import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalAddress, isIpv6 } from '../../../src/protocol/options/ip-address.ts'

describe('isIpv6', () => {
  it('agrees with Node on every address', () => {
    fc.assert(
      fc.property(fc.ipV6(), text => {
        expect(isIpv6(text)).toBe(isIPv6(text))
      }),
    )
  })

  it('agrees with Node on what is nearly an address', () => {
    const part = fc.constantFrom(':', '::', '0', 'ffff', 'g', '12345', '1.2.3.4', '1.2.3', '256.1.1.1', '1.2.3.04', '')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 17 }), parts => {
        expect(isIpv6(parts.join(''))).toBe(isIPv6(parts.join('')))
      }),
      { numRuns: 2000 },
    )
  })

  it('refuses zones', () => {
    expect(isIpv6('fe80::1%eth0')).toBe(false)
  })

  it('refuses long texts at once', () => {
    expect(isIpv6(`::${'0'.repeat(1_000_000)}`)).toBe(false)
  })
})

describe('canonicalAddress', () => {
  for (const [text, canonical] of [
    ['10.0.0.1', '10.0.0.1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['2001:DB8::00A1', '2001:db8:0:0:0:0:0:a1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:a00:1', '10.0.0.1'],
    ['::10.0.0.1', '0:0:0:0:0:0:a00:1'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0:0:0:c000:201'],
  ] as const) {
    it(`writes ${text} as ${canonical}`, () => {
      expect(canonicalAddress(text)).toBe(canonical)
    })
  }

  for (const text of [
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.',
    '::1::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    ':::',
    '1.2.3.4::',
    '[::1]',
    '/tmp/socket',
  ]) {
    it(`knows that ${JSON.stringify(text)} is not an address`, () => {
      expect(canonicalAddress(text)).toBeUndefined()
    })
  }
})
