import { describe, expect, it } from 'vitest'
import { Codecs } from '../../../src/extensions/permessage-deflate/codecs.ts'
import { CountedDeflate } from './counted-deflate.ts'

const settings = { windowBits: 9, level: 1, memLevel: 1 }

describe('Codecs', () => {
  it('shares what remembers nothing, and keeps four of a kind', () => {
    const deflate = new CountedDeflate()
    const codecs = new Codecs(deflate, 10)
    const taken = Array.from({ length: 6 }, () => codecs.takeCompressor('a', settings))
    for (const compressor of taken) codecs.giveCompressor('a', compressor)
    expect([deflate.made, deflate.open.size]).toEqual([6, 4])
    expect(taken).toContain(codecs.takeCompressor('a', settings))
    expect(taken).not.toContain(codecs.takeCompressor('b', settings))
    const decompressor = codecs.takeDecompressor(9)
    codecs.giveDecompressor(9, decompressor)
    expect(codecs.takeDecompressor(9)).toBe(decompressor)
    expect(codecs.takeDecompressor(10)).not.toBe(decompressor)
  })

  it('gives up the context that was not used for longest, above the limit', () => {
    const deflate = new CountedDeflate()
    const codecs = new Codecs(deflate, 2)
    const [a, b, c] = [{}, {}, {}]
    const ofA = codecs.contextOf(a, settings)
    const ofB = codecs.contextOf(b, settings)
    expect(codecs.contextOf(a, settings)).toBe(ofA)
    codecs.contextOf(c, settings)
    expect(deflate.open.size).toBe(2)
    expect(codecs.contextOf(a, settings)).toBe(ofA)
    expect(codecs.contextOf(b, settings)).not.toBe(ofB)
  })

  it('gives up no context that a message under way needs', () => {
    const deflate = new CountedDeflate()
    const codecs = new Codecs(deflate, 1)
    const busy = { isCompressing: true }
    const compressor = codecs.contextOf(busy, settings)
    codecs.contextOf({ isCompressing: true }, settings)
    expect(codecs.contextOf(busy, settings)).toBe(compressor)
    codecs.contextOf({}, settings)
    expect(deflate.open.size).toBe(2)
  })

  it('closes a context with its owner', () => {
    const deflate = new CountedDeflate()
    const codecs = new Codecs(deflate, 1)
    const owner = {}
    codecs.contextOf(owner, settings)
    codecs.closeContext(owner)
    codecs.closeContext(owner)
    expect(deflate.open.size).toBe(0)
  })
})
