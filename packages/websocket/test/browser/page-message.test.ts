import { describe, expect, it } from 'vitest'
import { pageMessage, pageSendable, plainSendable } from '../../src/browser/page-message.ts'

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

describe('a message of the function style on a page', () => {
  it('may be any view of memory, an ArrayBuffer or a Blob', () => {
    const { buffer } = Uint8Array.of(9, 1, 2, 9)
    expect(pageSendable(new DataView(buffer, 1, 2))).toEqual(Uint8Array.of(1, 2))
    expect(pageSendable(new Uint8ClampedArray(buffer, 1, 2))).toEqual(Uint8Array.of(1, 2))
    expect(pageSendable(buffer)).toEqual(Uint8Array.of(9, 1, 2, 9))
    const blob = new Blob(['ä'])
    expect(pageSendable(blob)).toBe(blob)
    expect(pageSendable(Uint8Array.of(0xc3, 0xa4), false)).toBe('ä')
  })

  it('is refused where its memory is gone, and where a Blob should be text', () => {
    for (const make of [
      (buffer: ArrayBuffer) => new Uint8Array(buffer),
      (buffer: ArrayBuffer) => new DataView(buffer),
      (buffer: ArrayBuffer) => buffer,
    ]) {
      const buffer = new ArrayBuffer(4)
      const memory = make(buffer)
      structuredClone(buffer, { transfer: [buffer] })
      expect(() => pageSendable(memory)).toThrow('the payload belongs to a detached buffer')
    }
    expect(() => pageSendable(new Blob(['ä']), false)).toThrow('send await blob.text()')
    expect(() => pageSendable(new SharedArrayBuffer(2))).toThrow('a payload must be a string or a Uint8Array')
  })
})

it('plainSendable is the same as pageSendable, and undefined for what cannot be sent', () => {
  const blob = new Blob(['ä'])
  expect(plainSendable('ä')).toBe('ä')
  expect(plainSendable('ä', true)).toEqual(Uint8Array.of(0xc3, 0xa4))
  expect(plainSendable(blob)).toBe(blob)
  for (const [payload, isBinary] of [[5], [{}], [null], [blob, false], [Uint8Array.of(0xff), false], [new SharedArrayBuffer(1)]] as const)
    expect(plainSendable(payload, isBinary)).toBeUndefined()
})
