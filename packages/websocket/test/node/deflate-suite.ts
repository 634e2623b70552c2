import { constants, createDeflateRaw, type DeflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Compressor, CorruptData, type Decompressor, type Deflate } from '../../src/bytes/deflate.ts'
import { joined, type Octets } from '../../src/bytes/octets.ts'

/** The behaviour of every implementation of the port `Deflate`. */
export function testDeflate(name: string, deflate: Deflate): void {
  describe(`Deflate: ${name}`, () => {
    it('gives back what it was given, however that is cut, with and without what came before', async () => {
      const piece = fc.uint8Array({ maxLength: 300 }).map(octets => octets.map(octet => octet & 7))
      const message = fc.record({ pieces: fc.array(piece, { maxLength: 4 }), cut: fc.integer({ min: 1, max: 50 }), forgets: fc.boolean() })
      const settings = fc.record({
        windowBits: fc.integer({ min: 9, max: 15 }),
        level: fc.integer({ min: 0, max: 9 }),
        memLevel: fc.integer({ min: 1, max: 9 }),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(message, { maxLength: 5 }), settings, async (messages, chosen) => {
          const compressor = deflate.compressor(chosen)
          const decompressor = deflate.decompressor(chosen.windowBits)
          for (const { pieces, cut, forgets } of messages) {
            if (forgets) compressor.reset()
            const body = await compress(compressor, pieces)
            expect([...(await decompress(decompressor, body, cut))]).toEqual([...joined(pieces)])
          }
          compressor.close()
          decompressor.close()
        }),
        { numRuns: 40 },
      )
    })

    it('makes data that zlib reads, which ends with 00 00 ff ff at each flush', async () => {
      const compressor = deflate.compressor(usual)
      const gathered = new Gathered()
      for (const text of ['hello', 'hello hello', 'hello hello hello']) {
        await compressor.write(octets(text), gathered.emit)
        await compressor.flush(gathered.emit)
        expect([...gathered.octets.subarray(-4)]).toEqual([0, 0, 255, 255])
      }
      const whole = inflateRawSync(gathered.octets, { finishFlush: constants.Z_SYNC_FLUSH })
      expect(whole.toString()).toBe('hellohello hellohello hello hello')
      compressor.close()
    })

    it('gives the end of a block with the flush, and not before', async () => {
      const compressor = deflate.compressor(usual)
      const written = new Gathered()
      const flushed = new Gathered()
      await compressor.write(octets('some words'), written.emit)
      await compressor.flush(flushed.emit)
      expect([written.octets.length, [...flushed.octets.subarray(-4)]]).toEqual([0, [0, 0, 255, 255]])
      compressor.close()
    })

    it('emits nothing for a flush after a flush', async () => {
      const compressor = deflate.compressor(usual)
      const gathered = new Gathered()
      await compressor.flush(gathered.emit)
      await compressor.write(octets('a'), gathered.emit)
      await compressor.flush(gathered.emit)
      const { length } = gathered.octets
      await compressor.flush(gathered.emit)
      expect([length > 0, gathered.octets.length]).toEqual([true, length])
      compressor.close()
    })

    for (const [what, data, wanted] of [
      ['§7.2.3.1, one block', [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], 'Hello'],
      ['§7.2.3.3, a block without compression', [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00], 'Hello'],
      ['§7.2.3.4, a block that says it is the last', [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00], 'Hello'],
      ['§7.2.3.5, two blocks in one message', [0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00], 'Hello'],
      ['§7.2.3.6, an empty message', [0x00], ''],
    ] as const) {
      it(`reads the example of RFC 7692 ${what}`, async () => {
        for (const cut of [1, 3, 100]) {
          const decompressor = deflate.decompressor(15)
          expect(text(await decompress(decompressor, Uint8Array.from(data), cut))).toBe(wanted)
          decompressor.close()
        }
      })
    }

    it('reads the example of RFC 7692 §7.2.3.2, which needs the message before', async () => {
      const decompressor = deflate.decompressor(15)
      expect(text(await decompress(decompressor, Uint8Array.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00)))).toBe('Hello')
      expect(text(await decompress(decompressor, Uint8Array.of(0xf2, 0x00, 0x11, 0x00, 0x00)))).toBe('Hello')
      decompressor.reset()
      await expect(decompress(decompressor, Uint8Array.of(0xf2, 0x00, 0x11, 0x00, 0x00))).rejects.toThrow(CorruptData)
    })

    it('goes on behind a block that says it is the last', async () => {
      const decompressor = deflate.decompressor(15)
      const last = deflateRawSync('one ')
      const other = deflateRawSync('two', { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
      expect(text(await decompress(decompressor, Uint8Array.from([...last, ...other])))).toBe('one two')
      expect(text(await decompress(decompressor, Uint8Array.from([...last, 0])))).toBe('one ')
      expect(text(await decompress(decompressor, Uint8Array.from([...last, ...last, ...other])))).toBe('one one two')
      decompressor.close()
    })

    it('takes a message that ends with a block that says it is the last, without the octet that §7.2.3.4 wants behind it', async () => {
      for (const cut of [1, 3, 100]) {
        const decompressor = deflate.decompressor(15)
        for (const words of ['one', 'two, and the same again', 'three', 'two, and the same again'])
          expect(text(await decompress(decompressor, Uint8Array.from(deflateRawSync(words)), cut))).toBe(words)
        const other = deflateRawSync('and one that is flushed', { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
        expect(text(await decompress(decompressor, Uint8Array.from(other), cut))).toBe('and one that is flushed')
        await expect(decompress(decompressor, Uint8Array.from(other.subarray(0, 5)), cut)).rejects.toThrow(CorruptData)
        decompressor.close()
      }
    })

    it('takes a message from whose end 00 00 ff ff was not removed, and the next one that refers to it', async () => {
      const contents = ['some words', 'some words, and more words', '', 'some words, and more words, and the end']
      for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY]) {
        for (const level of [0, 6]) {
          for (const cut of [1, 3, 100]) {
            const compressor = createDeflateRaw({ strategy, level })
            const decompressor = deflate.decompressor(15)
            for (const [n, content] of [...contents, ...contents].entries()) {
              const whole = await flushed(compressor, content)
              const body = n % 2 === 0 ? whole : whole.subarray(0, -4)
              expect(text(await decompress(decompressor, body.length === 0 ? Uint8Array.of(0) : body, cut))).toBe(content)
            }
            decompressor.close()
            compressor.close()
          }
        }
      }
    })

    it('calls corrupt what ends inside a stored block, with and without the octets 00 00 ff ff', async () => {
      for (const cut of [1, 3, 100]) {
        const decompressor = deflate.decompressor(15)
        const stored = Uint8Array.of(0x00, 9, 0, 0xf6, 0xff, 0x00, 0x00, 0xff, 0xff)
        await expect(decompress(decompressor, stored, cut)).rejects.toThrow('the data ends inside a block')
        decompressor.close()
        const other = deflate.decompressor(15)
        await expect(decompress(other, stored.subarray(0, 5), cut)).rejects.toThrow('the data ends inside a block')
        other.close()
      }
    })

    it('calls corrupt what is no DEFLATE data', async () => {
      for (const data of [[0xff], [0x07, 0xff, 0xff], [0x00, 1, 0, 0, 0, 9]]) {
        const decompressor = deflate.decompressor(15)
        await expect(decompress(decompressor, Uint8Array.from(data))).rejects.toThrow(CorruptData)
        decompressor.close()
      }
    })

    it('emits nothing of what is corrupt from its first octet on', async () => {
      const busy = deflate.compressor({ ...usual, level: 0 })
      await busy.write(new Uint8Array(100_000).fill(7), () => undefined)
      busy.close()
      const decompressor = deflate.decompressor(15)
      const gathered = new Gathered()
      await expect(attempt(() => decompressor.write(Uint8Array.of(0xff, 0xff), gathered.emit))).rejects.toThrow(CorruptData)
      expect(gathered.octets.length).toBe(0)
    })

    it('calls corrupt what ends inside a block, wherever it is cut', async () => {
      for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED]) {
        const whole = deflateRawSync('a message, a message, and one more message, with 0123456789', {
          finishFlush: constants.Z_SYNC_FLUSH,
          strategy,
        })
        for (let size = 0; size < whole.length - 4; size++) {
          const decompressor = deflate.decompressor(15)
          await expect(decompress(decompressor, Uint8Array.from(whole.subarray(0, size)))).rejects.toThrow(CorruptData)
          decompressor.close()
        }
      }
    })

    it('stops where the receiver throws, and is not heard of again', async () => {
      const bomb = deflateRawSync(new Uint8Array(64 * MiB), { finishFlush: constants.Z_SYNC_FLUSH })
      const decompressor = deflate.decompressor(15)
      let received = 0
      const emit = (piece: Octets): void => {
        received += piece.length
        if (received > MiB) throw new Error('enough')
      }
      await expect(attempt(() => decompressor.write(bomb, emit))).rejects.toThrow('enough')
      const before = received
      await turns()
      expect([received < 2 * MiB, received]).toEqual([true, before])
      decompressor.close()
    })

    it('emits nothing more while the receiver asks it to wait, and all of it afterwards', async () => {
      const bomb = deflateRawSync(new Uint8Array(4 * MiB), { finishFlush: constants.Z_SYNC_FLUSH })
      const decompressor = deflate.decompressor(15)
      let received = 0
      let isWaiting = false
      let emittedInBetween = 0
      const emit = async (piece: Octets): Promise<void> => {
        received += piece.length
        if (isWaiting) emittedInBetween++
        isWaiting = true
        await turns()
        isWaiting = false
      }
      await decompressor.write(bomb.subarray(0, -4), emit)
      await decompressor.endMessage(emit)
      expect([received, emittedInBetween]).toEqual([4 * MiB, 0])
      decompressor.close()
    })

    it('fails where what the receiver waits for fails', async () => {
      const bomb = deflateRawSync(new Uint8Array(4 * MiB), { finishFlush: constants.Z_SYNC_FLUSH })
      const decompressor = deflate.decompressor(15)
      await expect(attempt(() => decompressor.write(bomb, () => Promise.reject(new Error('gone'))))).rejects.toThrow('gone')
      decompressor.close()
    })

    it('begins with the dictionary that it was given, at first and after each reset', async () => {
      const dictionary = octets('the words that both sides know from the beginning')
      const body = deflateRawSync('the words that both sides know', { dictionary, finishFlush: constants.Z_SYNC_FLUSH })
      const decompressor = deflate.decompressor(15, dictionary)
      for (let time = 0; time < 2; time++) {
        expect(text(await decompress(decompressor, Uint8Array.from(body.subarray(0, -4))))).toBe('the words that both sides know')
        decompressor.reset()
      }
      decompressor.close()
    })

    it('may be closed while it works, and twice: the work ends, and nothing more comes', async () => {
      const data = new Uint8Array(16 * MiB).map((_, i) => i * i)
      const compressor = deflate.compressor(usual)
      let after = 0
      const emit = (): void => {
        after++
      }
      const work = attempt(() => compressor.write(data, emit))
      compressor.close()
      after = 0
      await work
      compressor.close()
      await turns()
      expect(after).toBe(0)
    })

    it('does nothing once it is closed, and says nothing', async () => {
      const compressor = deflate.compressor(usual)
      const decompressor = deflate.decompressor(15)
      const gathered = new Gathered()
      await compressor.write(octets('before'), () => undefined)
      compressor.close()
      decompressor.close()
      compressor.reset()
      decompressor.reset()
      await compressor.write(octets('after'), gathered.emit)
      await compressor.flush(gathered.emit)
      await decompressor.write(Uint8Array.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00), gathered.emit)
      await decompressor.endMessage(gathered.emit)
      await turns()
      expect(gathered.octets.length).toBe(0)
    })

    it('may be closed by who receives', async () => {
      const bomb = deflateRawSync(new Uint8Array(4 * MiB), { finishFlush: constants.Z_SYNC_FLUSH })
      const decompressor = deflate.decompressor(15)
      let received = 0
      await attempt(() =>
        decompressor.write(bomb, piece => {
          received += piece.length
          decompressor.close()
        }),
      )
      expect(received).toBeLessThan(MiB)
    })

    it('lets others work while it does, and each emission is its own', async () => {
      const outer = deflate.compressor({ ...usual, level: 0 })
      const inner = deflate.compressor({ ...usual, level: 0 })
      const data = new Uint8Array(200_000).map((_, i) => i)
      const gathered = new Gathered()
      const others = new Gathered()
      await outer.write(data, piece => {
        const before = Uint8Array.from(piece)
        void inner.write(new Uint8Array(100_000), others.emit)
        expect(Buffer.compare(piece, before)).toBe(0)
        gathered.emit(piece)
      })
      await outer.flush(gathered.emit)
      expect(Buffer.compare(inflateRawSync(gathered.octets, { finishFlush: constants.Z_SYNC_FLUSH }), data)).toBe(0)
      outer.close()
      inner.close()
    })

    it('copies octets that are lent to it', async () => {
      const compressor = deflate.compressor(usual)
      const gathered = new Gathered()
      const data = new Uint8Array(3 * MiB).map((_, i) => (i * i) >> 7)
      const lent = Uint8Array.from(data)
      const work = compressor.write(lent, gathered.emit)
      lent.fill(0)
      await work
      await compressor.flush(gathered.emit)
      expect(Buffer.compare(inflateRawSync(gathered.octets, { finishFlush: constants.Z_SYNC_FLUSH }), data)).toBe(0)
      compressor.close()
    })
  })
}

class Gathered {
  readonly #pieces: Octets[] = []
  readonly emit = (octets: Octets): void => void this.#pieces.push(Uint8Array.from(octets))

  get octets(): Octets {
    return joined(this.#pieces)
  }
}

async function compress(compressor: Compressor, pieces: readonly Octets[]): Promise<Octets> {
  const gathered = new Gathered()
  for (const piece of pieces) await compressor.write(piece, gathered.emit)
  await compressor.flush(gathered.emit)
  const { octets } = gathered
  return octets.length === 0 ? Uint8Array.of(0) : octets.subarray(0, -4)
}

async function decompress(decompressor: Decompressor, body: Octets, cut = 10_000): Promise<Octets> {
  const gathered = new Gathered()
  for (let at = 0; at < body.length; at += cut) await decompressor.write(body.subarray(at, at + cut), gathered.emit)
  await decompressor.endMessage(gathered.emit)
  return gathered.octets
}

/** Returns the output of a zlib stream for a message and a flush, with 00 00 ff ff at the end. */
async function flushed(compressor: DeflateRaw, content: string): Promise<Octets> {
  const gathered = new Gathered()
  compressor.on('data', gathered.emit)
  if (content !== '') compressor.write(content)
  await new Promise<void>(resolve => compressor.flush(constants.Z_SYNC_FLUSH, resolve))
  compressor.off('data', gathered.emit)
  return gathered.octets
}

async function attempt(work: () => unknown): Promise<void> {
  await work()
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
}

function octets(content: string): Octets {
  return new TextEncoder().encode(content)
}

function text(content: Octets): string {
  return new TextDecoder().decode(content)
}

const usual = { windowBits: 15, level: 6, memLevel: 8 }
const MiB = 1024 * 1024
