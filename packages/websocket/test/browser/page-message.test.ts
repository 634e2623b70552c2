import { expect, it } from 'vitest'
import { pageMessage } from '../../src/browser/page-message.ts'

it('is a string for text and octets for binary', () => {
  const octets = Uint8Array.of(0xc3, 0xa4)
  expect(pageMessage('ä')).toBe('ä')
  expect(pageMessage(octets)).toBe(octets)
  expect(pageMessage('ä', true)).toEqual(octets)
  expect(pageMessage(octets, false)).toBe('ä')
})

it('takes octets of other realms by what they are, and nothing that only looks like octets', () => {
  for (const payload of [
    7,
    undefined,
    null,
    [],
    new Uint16Array(1),
    new ArrayBuffer(1),
    { [Symbol.toStringTag]: 'Uint8Array', length: 3 },
  ]) {
    expect(() => pageMessage(payload)).toThrow(/^a payload must be a string or a Uint8Array, and not /)
  }
  expect(() => pageMessage(Uint8Array.of(0xff), false)).toThrow('a text message must be UTF-8')
  expect(() => pageMessage('text', { binary: true })).toThrow('isBinary must be true or false')
})
