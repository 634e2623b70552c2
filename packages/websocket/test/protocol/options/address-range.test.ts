import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInRange, parseAddressRange } from '../../../src/protocol/options/address-range.ts'

const isIn = (address: string, range: string): boolean => isInRange(address, parseAddressRange(range)!)

describe('parseAddressRange', () => {
  for (const text of [
    '',
    '/8',
    'a',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/08',
    '::/129',
    '::ffff:10.0.0.0/95',
    'localhost',
    '10.0.0.1:80',
    '[::1]',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parseAddressRange(text)).toBeUndefined()
    })
  }
})

describe('isInRange', () => {
  for (const [range, inside, outside] of [
    ['127.0.0.0/8', ['127.0.0.1', '127.255.255.255', '::ffff:127.0.0.1'], ['128.0.0.0', '::1', '', '/run/a.sock', '127.1']],
    ['10.0.0.5', ['10.0.0.5', '::ffff:a00:5'], ['10.0.0.4']],
    ['10.9.8.7/8', ['10.0.0.1'], ['11.0.0.1']],
    ['192.168.128.0/17', ['192.168.128.1', '192.168.255.1'], ['192.168.127.255']],
    ['0.0.0.0/0', ['1.2.3.4'], ['::1']],
    ['2001:db8::/32', ['2001:db8::1', '2001:DB8:ffff::'], ['2001:db9::', '10.0.0.1']],
    ['::ffff:10.0.0.0/104', ['10.1.2.3'], ['11.1.2.3']],
    ['fe80::/10', ['febf::1'], ['fec0::']],
  ] as const) {
    it(`has the addresses of ${range}`, () => {
      for (const address of inside) expect(isIn(address, range), address).toBe(true)
      for (const address of outside) expect(isIn(address, range), address).toBe(false)
    })
  }

  it("agrees with Node's BlockList", () => {
    const pairs = fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(128))
    fc.assert(
      fc.property(pairs, ([network, address, bits]) => {
        fc.pre(isIP(network) !== 0 && isIP(network) === isIP(address) && !/^::ffff:/i.test(network) && !/^::ffff:/i.test(address))
        const family = isIP(network) === 4 ? 'ipv4' : 'ipv6'
        const prefix = family === 'ipv4' ? bits % 33 : bits
        const list = new BlockList()
        list.addSubnet(network, prefix, family)
        expect(isIn(address, `${network}/${prefix}`)).toBe(list.check(address, family))
      }),
    )
  })
})
