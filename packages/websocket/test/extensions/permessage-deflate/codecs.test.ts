import { describe, expect, it } from 'vitest'
import { Codecs } from '../../../src/extensions/permessage-deflate/codecs.ts'
import { CountedDeflate } from './counted-deflate.ts'

const settings = { windowBits: 9, level: 1, memLevel: 1 }

describe('Codecs', () => {
  it('shares codecs without context, and keeps four of each kind', () => {
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

  it('has no context for more connections than it may, as long as those that have one use it', () => {
    const deflate = new CountedDeflate()
    const codecs = new Codecs(deflate, 2)
    const [a, b, c] = [{}, {}, {}]
    for (let uses = 0; uses < 10; uses++) {
      expect([codecs.contextOf(a, settings) === undefined, codecs.contextOf(b, settings) === undefined]).toEqual([false, false])
      expect(codecs.contextOf(c, settings)).toBeUndefined()
    }
    expect(deflate.made).toBe(2)
  })

  it('gives up the context that was not used for longest, once it is idle', () => {
    const deflate = new CountedDeflate()
    const codecs = new Codecs(deflate, 2)
    const [a, b, c] = [{}, {}, {}]
    const ofA = codecs.contextOf(a, settings)
    const ofB = codecs.contextOf(b, settings)
    for (let uses = 0; uses < 4; uses++) codecs.contextOf(a, settings)
    expect(codecs.contextOf(c, settings)).toBeDefined()
    expect({ openContexts: deflate.open.size, isBOpen: deflate.open.has(ofB!), isAKept: codecs.contextOf(a, settings) === ofA }).toEqual({
      openContexts: 2,
      isBOpen: false,
      isAKept: true,
    })
  })

  it('gives up no context that a message under way needs', () => {
    const deflate = new CountedDeflate()
    const codecs = new Codecs(deflate, 1)
    const busy = { isCompressing: true }
    codecs.contextOf(busy, settings)
    for (let uses = 0; uses < 9; uses++) expect(codecs.contextOf({}, settings)).toBeUndefined()
    expect(new Codecs(deflate, 0).contextOf({}, settings)).toBeUndefined()
  })

  it('loses one context at most to a message that never ends', () => {
    const deflate = new CountedDeflate()
    const codecs = new Codecs(deflate, 2)
    const stuck = { isCompressing: true }
    const ofStuck = codecs.contextOf(stuck, settings)
    codecs.contextOf({}, settings)
    const newcomer = {}
    const found = Array.from({ length: 9 }, () => codecs.contextOf(newcomer, settings)).filter(context => context !== undefined)
    expect(found.length).toBeGreaterThan(0)
    expect(codecs.contextOf(stuck, settings)).toBe(ofStuck)
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
