import { describe, expect, it } from 'vitest'
import { webText } from '../../src/bytes/text.ts'
import type { Sendable } from '../../src/conversation/sendable.ts'
import { checkedSendable, isInPieces, octetsOfPiece } from '../../src/conversation/sendable.ts'
import { TextPieces } from '../../src/conversation/text-pieces.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'

describe('checkedSendable', () => {
  it('returns texts as they are, and memory as octets', () => {
    expect(checkedSendable('text')).toBe('text')
    expect(checkedSendable(Uint16Array.of(0x0201))).toEqual(Uint8Array.of(1, 2))
  })

  it('copies a list, and checks each of its pieces', () => {
    const list = [Uint8Array.of(1)]
    const checked = checkedSendable(list)
    list.pop()
    expect(checked).toEqual([Uint8Array.of(1)])
    expect(() => checkedSendable(['text'])).toThrow('a piece of a stream must be a Uint8Array, and not a string')
    expect(checkedSendable(['text'], true)).toEqual(['text'])
  })

  it('names what is not a message, also where the engine has thrown', () => {
    expect(() => checkedSendable(5 as unknown as Sendable)).toThrow(ApiMisuse)
    const broken = {
      get [Symbol.asyncIterator](): never {
        throw new Error('broken')
      },
    }
    expect(() => checkedSendable(broken as unknown as Sendable)).toThrow(/^a payload must be a string, .*: broken$/)
  })
})

describe('isInPieces', () => {
  it('is true of sources and of a Blob', () => {
    expect(['text', Uint8Array.of(1), [Uint8Array.of(1)], new Blob(['x'])].map(isInPieces)).toEqual([false, false, true, true])
  })
})

describe('octetsOfPiece', () => {
  it('returns octets, and those of strings in a message of text', () => {
    expect(octetsOfPiece(Uint8Array.of(1), undefined)).toEqual(Uint8Array.of(1))
    expect(octetsOfPiece('a', new TextPieces(webText))).toEqual(Uint8Array.of(0x61))
    expect(() => octetsOfPiece('a', undefined)).toThrow(ApiMisuse)
  })
})
