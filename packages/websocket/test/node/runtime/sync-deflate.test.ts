import { randomBytes } from 'node:crypto'
import { constants, deflateRawSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import type { Octets } from '../../../src/bytes/octets.ts'
import { makeSyncDeflate } from '../../../src/node/runtime/sync-deflate.ts'
import { ZlibHandle } from '../../../src/node/runtime/zlib-handle.ts'
import { testDeflate } from '../deflate-suite.ts'

const deflate = makeSyncDeflate()!

testDeflate('zlib at once', deflate)

describe('makeSyncDeflate', () => {
  it('returns undefined where zlib streams have no handle, or where using it throws', () => {
    const usable = vi.spyOn(ZlibHandle, 'isUsable').mockReturnValueOnce(false)
    expect(makeSyncDeflate()).toBeUndefined()
    usable.mockImplementationOnce(() => {
      throw new Error('another runtime')
    })
    expect(makeSyncDeflate()).toBeUndefined()
    usable.mockRestore()
  })

  it('works on small messages without waiting', () => {
    const compressor = deflate.compressor({ windowBits: 12, level: 6, memLevel: 5 })
    const decompressor = deflate.decompressor(12)
    const kept: Octets[] = []
    const keep = (octets: Octets): void => void kept.push(Uint8Array.from(octets))
    expect(compressor.write(new Uint8Array(400), () => undefined)).toBeUndefined()
    expect(compressor.flush(keep)).toBeUndefined()
    expect(decompressor.write(kept.shift()!, keep)).toBeUndefined()
    expect(kept[0]).toEqual(new Uint8Array(400))
    compressor.close()
    decompressor.close()
  })

  it('lets others have their turn when there is much to do, both ways', async () => {
    const data = randomBytes(16 * 1024 * 1024)
    const compressor = deflate.compressor({ windowBits: 15, level: 9, memLevel: 8 })
    expect(await turnsIn(() => compressor.write(data, () => undefined))).toBeGreaterThan(10)
    compressor.close()
    const words = Uint8Array.from({ length: 16 * 1024 * 1024 }, (_, i) => ((i * 7919) % 251) ^ (i >> 9))
    const body = deflateRawSync(words, { finishFlush: constants.Z_SYNC_FLUSH, level: 1 })
    const decompressor = deflate.decompressor(15)
    expect(await turnsIn(() => decompressor.write(body, () => undefined))).toBeGreaterThan(1)
    decompressor.close()
  })

  it('counts what is done in one turn of the event loop together, and keeps no small message waiting', async () => {
    const words = Uint8Array.from({ length: 16 * 1024 * 1024 }, (_, i) => ((i * 7919) % 251) ^ (i >> 9))
    const body = deflateRawSync(words, { finishFlush: constants.Z_SYNC_FLUSH, level: 1 })
    const small = deflateRawSync('some words', { finishFlush: constants.Z_SYNC_FLUSH })
    const [one, other, third] = [deflate.decompressor(15), deflate.decompressor(15), deflate.decompressor(15)]
    let emitted = 0
    const count = (octets: Octets): void => {
      emitted += octets.length
    }
    const works = [one.write(body, () => undefined), other.write(body, count)]
    expect([emitted, third.write(small, () => undefined)]).toEqual([0, undefined])
    await Promise.all(works)
    expect(emitted).toBe(words.length)
    for (const decompressor of [one, other, third]) decompressor.close()
  })

  it('lets others have as many turns as there are works under way at once', async () => {
    const words = Uint8Array.from({ length: 8 * 1024 * 1024 }, (_, i) => ((i * 7919) % 251) ^ (i >> 9))
    const body = deflateRawSync(words, { finishFlush: constants.Z_SYNC_FLUSH, level: 1 })
    const decompressors = Array.from({ length: 30 }, () => deflate.decompressor(15))
    const works = (): Promise<unknown> => Promise.all(decompressors.map(decompressor => decompressor.write(body, () => undefined)))
    expect(await turnsIn(works)).toBeGreaterThan(30)
    for (const decompressor of decompressors) decompressor.close()
  })
})

/** Turns of the event loop that others have meanwhile. */
async function turnsIn(work: () => unknown): Promise<number> {
  let turns = 0
  let isDone = false
  const count = (): void => {
    if (isDone) return
    turns++
    setImmediate(count)
  }
  setImmediate(count)
  await work()
  isDone = true
  return turns
}
