import { describe, expect, it } from 'vitest'
import { addressIn, plainAddress } from '../../../src/node/sockets/address-list.ts'

describe('addressIn', () => {
  const isKnown = addressIn('10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::1')

  for (const address of ['10.1.2.3', '192.0.2.1', '2001:db8:1::5', '::1', '::ffff:10.9.8.7', '::FFFF:192.0.2.1', '2001:db8::1%eth0']) {
    it(`matches ${address}`, () => expect(isKnown(address)).toBe(true))
  }
  for (const address of [
    '11.0.0.1',
    '192.0.2.2',
    '2001:db9::1',
    '::2',
    '::ffff:11.0.0.1',
    '',
    'localhost',
    '10.0.0.1:80',
    '10.0.0',
    '/run/x',
  ]) {
    it(`does not match ${JSON.stringify(address)}`, () => expect(isKnown(address)).toBe(false))
  }

  it('matches no address without ranges, and every address with a prefix of 0', () => {
    expect(addressIn()('10.0.0.1')).toBe(false)
    expect(addressIn('0.0.0.0/0')('10.0.0.1')).toBe(true)
  })

  for (const range of ['', 'localhost', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/8/8', '::/129', '10.0.0.0/ 8']) {
    it(`refuses the range ${JSON.stringify(range)}`, () => expect(() => addressIn(range)).toThrow(JSON.stringify(range)))
  }
})

describe('plainAddress', () => {
  for (const [given, plain] of [
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['192.0.2.1', '192.0.2.1'],
  ] as const) {
    it(`turns ${given} into ${plain}`, () => expect(plainAddress(given)).toBe(plain))
  }
})
