import { describe, expect, it } from 'vitest'
import type { ByteStream, ByteStreamReader } from '../../src/bytes/byte-stream.ts'
import type { Octets } from '../../src/bytes/octets.ts'

export interface TestedPair {
  readonly streams: readonly [ByteStream, ByteStream]
  /** Listeners left on what lies below the streams, where there is such a thing. */
  listenersLeft?(): number
}

/** The behaviour of every implementation of the port `ByteStream`. `makePair` returns two joined streams that are not started. */
export function testByteStream(name: string, makePair: () => Promise<TestedPair>): void {
  const started = async (): Promise<Started> => {
    const pair = await makePair()
    const [a, b] = pair.streams
    const atA = new Recorder()
    const atB = new Recorder()
    a.start(atA)
    b.start(atB)
    return { a, b, atA, atB, pair }
  }

  describe(`ByteStream: ${name}`, () => {
    it('carries octets in order, both ways', async () => {
      const { a, b, atA, atB } = await started()
      a.write(Uint8Array.of(1, 2))
      a.write(Uint8Array.of(3))
      b.write(Uint8Array.of(9))
      await atB.until(() => atB.size === 3)
      await atA.until(() => atA.size === 1)
      expect([...atB.joined()]).toEqual([1, 2, 3])
      expect([...atA.joined()]).toEqual([9])
    })

    it('lends the reader plain octets that it may change', async () => {
      const { a, atB } = await started()
      const sent = Uint8Array.of(1, 2, 3)
      a.write(sent)
      await atB.until(() => atB.size === 3)
      expect(atB.prototype).toBe(Uint8Array.prototype)
      expect([...sent]).toEqual([1, 2, 3])
    })

    it('carries several pieces at once', async () => {
      const { a, atB } = await started()
      a.writeAll([Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)])
      await atB.until(() => atB.size === 3)
      expect([...atB.joined()]).toEqual([1, 2, 3])
    })

    it('carries large pieces whole', async () => {
      const { a, atB } = await started()
      const large = Uint8Array.from({ length: 3 * MiB }, (_, i) => i % 251)
      a.writeAll([large, large])
      await atB.until(() => atB.size === 6 * MiB)
      expect(Buffer.compare(atB.joined(), Buffer.concat([large, large]))).toBe(0)
      expect(a.bufferedAmount).toBe(0)
    })

    it('delivers nothing within write', async () => {
      const { a, atB } = await started()
      a.write(Uint8Array.of(1))
      expect(atB.size).toBe(0)
      await atB.until(() => atB.size === 1)
    })

    it('reports drained once for each request, later, also with nothing unsent', async () => {
      const { a, atA } = await started()
      a.notifyDrained()
      expect(atA.drains).toBe(0)
      await atA.until(() => atA.drains === 1)
      a.write(new Uint8Array(MiB))
      a.notifyDrained()
      a.notifyDrained()
      await atA.until(() => atA.drains === 3)
      expect(a.bufferedAmount).toBe(0)
    })

    it('lets unsent octets grow while the other side is paused, and drains when it goes on', async () => {
      const { a, b, atA, atB } = await started()
      b.pause()
      const unsent = fill(a)
      a.notifyDrained()
      await turn()
      expect(a.bufferedAmount).toBeGreaterThan(0)
      expect(atA.drains).toBe(0)
      b.resume()
      await atA.until(() => atA.drains === 1)
      await atB.until(() => atB.size === unsent)
      expect(a.bufferedAmount).toBe(0)
    })

    it('gives nothing after pause, also when the reader pauses in the middle', async () => {
      const { a, b, atB } = await started()
      atB.onData = () => b.pause()
      a.write(new Uint8Array(MiB))
      await atB.until(() => atB.size > 0)
      const before = atB.size
      await turn()
      expect(atB.size).toBe(before)
      atB.onData = () => {}
      b.resume()
      await atB.until(() => atB.size === MiB)
    })

    it('gives nothing while it is paused from the beginning', async () => {
      const { streams } = await makePair()
      const [a, b] = streams
      const atB = new Recorder()
      b.pause()
      b.start(atB)
      a.write(Uint8Array.of(1))
      await turn()
      expect(atB.size).toBe(0)
      b.resume()
      await atB.until(() => atB.size === 1)
    })

    it('ends one direction and keeps the other', async () => {
      const { a, b, atA, atB } = await started()
      a.write(Uint8Array.of(1))
      a.end()
      await atB.until(() => atB.ends === 1)
      expect(atB.size).toBe(1)
      b.write(new Uint8Array(MiB))
      await atA.until(() => atA.size === MiB)
      expect(atA.closes + atB.closes).toBe(0)
      b.end()
      await Promise.all([atA.until(() => atA.closes > 0), atB.until(() => atB.closes > 0)])
      expect([atA.ends, atB.ends, atA.closes, atB.closes]).toEqual([1, 1, 1, 1])
      expect([atA.error, atB.error]).toEqual([undefined, undefined])
    })

    it('sends what was written before it was destroyed without abort', async () => {
      const { a, atA, atB } = await started()
      a.write(new Uint8Array(6 * MiB))
      a.destroy(false)
      await atB.until(() => atB.size === 6 * MiB && atB.ends === 1)
      await atA.until(() => atA.closes === 1)
      expect(atA.error).toBe(undefined)
    })

    it('gives up at once where destroy with abort follows destroy without', async () => {
      const { a, b, atA } = await started()
      b.pause()
      fill(a)
      a.destroy(false)
      a.destroy(true)
      await atA.until(() => atA.closes === 1)
    })

    it('ignores what is written after the end', async () => {
      const { a, b, atA, atB } = await started()
      a.end()
      a.write(Uint8Array.of(1))
      a.writeAll([Uint8Array.of(1)])
      a.end()
      await atB.until(() => atB.ends === 1)
      b.end()
      await atA.until(() => atA.closes === 1)
      expect(atB.size).toBe(0)
      expect(atA.error).toBeUndefined()
    })

    it('tells the other side of destroy', async () => {
      const { a, b, atA, atB } = await started()
      a.write(Uint8Array.of(1))
      await atB.until(() => atB.size === 1)
      a.destroy(false)
      expect(atA.closes).toBe(0)
      await atA.until(() => atA.closes === 1)
      expect(atA.error).toBeUndefined()
      await atB.until(() => atB.ends + atB.closes > 0)
      b.end()
      await atB.until(() => atB.closes === 1)
    })

    it('resets both directions on abort, also with octets unsent', async () => {
      const { a, b, atA, atB } = await started()
      b.pause()
      fill(a)
      a.destroy(true)
      await atA.until(() => atA.closes === 1)
      b.resume()
      await atB.until(() => atB.closes + atB.ends > 0)
      b.destroy(false)
      await atB.until(() => atB.closes === 1)
      await turn()
      expect([atA.closes, atB.closes]).toEqual([1, 1])
    })

    it('ignores everything after destroy', async () => {
      const { a, atA } = await started()
      a.destroy(false)
      useInEveryWay(a)
      await atA.until(() => atA.closes === 1)
      useInEveryWay(a)
      await turn()
      expect([atA.closes, atA.drains, atA.ends, atA.size]).toEqual([1, 0, 0, 0])
      expect(a.bufferedAmount).toBe(0)
    })

    it('gives nothing after destroy within a read', async () => {
      const { a, b, atB } = await started()
      atB.onData = () => b.destroy(true)
      a.write(new Uint8Array(MiB))
      await atB.until(() => atB.closes === 1)
      expect(atB.pieces).toHaveLength(1)
      expect(atB.ends).toBe(0)
    })

    it('reports closed also to a reader that comes later', async () => {
      const { streams } = await makePair()
      const [a] = streams
      a.destroy(true)
      await turn()
      const late = new Recorder()
      a.start(late)
      expect(late.closes).toBe(0)
      await late.until(() => late.closes === 1)
    })

    it('leaves no listeners behind', async () => {
      const { a, b, atA, atB, pair } = await started()
      b.pause()
      fill(a)
      a.notifyDrained()
      a.end()
      b.destroy(true)
      await atB.until(() => atB.closes === 1)
      a.destroy(true)
      await atA.until(() => atA.closes === 1)
      expect(pair.listenersLeft?.() ?? 0).toBe(0)
    })
  })
}

/** Notes what a stream reports and wakes the test. */
export class Recorder implements ByteStreamReader {
  readonly pieces: Octets[] = []
  size = 0
  drains = 0
  ends = 0
  closes = 0
  error: Error | undefined
  /** The prototype of the octets received last. */
  prototype: unknown
  onData: (octets: Octets) => void = () => {}
  #waiting: { readonly isMet: () => boolean; readonly wake: () => void }[] = []

  dataReceived(octets: Octets): void {
    this.pieces.push(Uint8Array.from(octets))
    this.size += octets.length
    this.prototype = Object.getPrototypeOf(octets)
    octets.fill(0)
    this.onData(octets)
    this.#look()
  }

  drained(): void {
    this.drains++
    this.#look()
  }

  ended(): void {
    this.ends++
    this.#look()
  }

  closed(error: Error | undefined): void {
    this.closes++
    this.error = error
    this.#look()
  }

  joined(): Octets {
    return Buffer.concat(this.pieces)
  }

  until(isMet: () => boolean): Promise<void> {
    return new Promise(wake => {
      this.#waiting.push({ isMet, wake })
      this.#look()
    })
  }

  #look(): void {
    const met = this.#waiting.filter(({ isMet }) => isMet())
    this.#waiting = this.#waiting.filter(one => !met.includes(one))
    for (const { wake } of met) wake()
  }
}

interface Started {
  readonly a: ByteStream
  readonly b: ByteStream
  readonly atA: Recorder
  readonly atB: Recorder
  readonly pair: TestedPair
}

/** More than any kernel buffers. */
function fill(stream: ByteStream): number {
  for (let i = 0; i < 32; i++) stream.write(oneMiB)
  return 32 * MiB
}

function useInEveryWay(stream: ByteStream): void {
  stream.write(Uint8Array.of(1))
  stream.writeAll([Uint8Array.of(1)])
  stream.notifyDrained()
  stream.pause()
  stream.resume()
  stream.end()
  stream.destroy(false)
  stream.destroy(true)
}

/** Lets events that are due happen. */
async function turn(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise(resolve => setImmediate(resolve))
}

const MiB = 1024 * 1024
const oneMiB = new Uint8Array(MiB)
