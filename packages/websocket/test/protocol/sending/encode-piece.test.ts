import { describe, expect, it } from 'vitest'
import { isPromise } from '../../../src/bytes/awaitable.ts'
import { joined, type Octets } from '../../../src/bytes/octets.ts'
import type { MessageTransform } from '../../../src/protocol/extending/extension.ts'
import { encodePiece, Piece } from '../../../src/protocol/sending/encode-piece.ts'
import { FakeClock } from '../../../src/testing/index.ts'

const KiB = 1024

describe('encodePiece', () => {
  for (const [name, piece, calls] of [
    ['a part of a frame', Piece.Part, ['write 3']],
    ['the end of a frame', Piece.Frame, ['write 3', 'flush']],
    ['the end of a message', Piece.Final, ['write 3', 'end']],
  ] as const) {
    it(`writes ${name} and ends or flushes the encoder accordingly, synchronously if the encoder is`, () => {
      const encoder = new Recording()
      expect(encodePiece(encoder, new Uint8Array(3), piece, encoder.emit, new FakeClock())).toBeUndefined()
      expect(encoder.calls).toEqual(calls)
    })
  }

  it('does not call write for an empty piece, and ends the message', () => {
    const encoder = new Recording()
    for (const piece of [Piece.Part, Piece.Frame, Piece.Final])
      encodePiece(encoder, new Uint8Array(0), piece, encoder.emit, new FakeClock())
    expect(encoder.calls).toEqual(['flush', 'end'])
  })

  it('does not need a flush method', () => {
    const encoder = new Recording()
    const { reserved, write, end } = encoder
    const bare: MessageTransform = { reserved, write: write.bind(encoder), end: end.bind(encoder) }
    expect(encodePiece(bare, new Uint8Array(1), Piece.Frame, encoder.emit, new FakeClock())).toBeUndefined()
    expect(encoder.calls).toEqual(['write 1'])
  })

  it('waits for the encoder before it ends', async () => {
    const encoder = new Recording({ takesTurns: true })
    const result = encodePiece(encoder, new Uint8Array(2), Piece.Final, encoder.emit, new FakeClock())
    expect([isPromise(result), encoder.calls]).toEqual([true, ['write 2']])
    await result
    expect(encoder.calls).toEqual(['write 2', 'end'])
  })

  it('gives a large piece in slices of 64 KiB, in order, none lost', async () => {
    for (const takesTurns of [false, true]) {
      const encoder = new Recording({ takesTurns })
      const octets = Uint8Array.from({ length: 200 * KiB + 1 }, (_, i) => i * 7)
      await encodePiece(encoder, octets, Piece.Final, encoder.emit, new FakeClock())
      expect(encoder.calls).toEqual([...Array(3).fill(`write ${64 * KiB}`), `write ${8 * KiB + 1}`, 'end'])
      expect(Buffer.compare(joined(encoder.given), octets)).toBe(0)
    }
  })

  it('rejects where a large piece is detached between two slices, and gives no more', async () => {
    const octets = new Uint8Array(200 * KiB)
    const encoder = new Recording({ takesTurns: true })
    const result = encodePiece(encoder, octets, Piece.Final, encoder.emit, new FakeClock())
    structuredClone(octets, { transfer: [octets.buffer] })
    await expect(result).rejects.toMatchObject({ name: 'ApiMisuse', message: expect.stringContaining('was detached') })
    expect(encoder.calls).toEqual([`write ${64 * KiB}`])
  })

  it('lets others have their turn after 2 ms, and not before', async () => {
    const clock = new FakeClock()
    const encoder = new Recording({ onWrite: () => clock.advance(0.75) })
    const result = encodePiece(encoder, new Uint8Array(5 * 64 * KiB), Piece.Final, encoder.emit, clock)
    expect(encoder.calls.length).toBe(3)
    await microtasks()
    expect(encoder.calls.length).toBe(3)
    clock.flush()
    await result
    expect(encoder.calls.length).toBe(6)
  })

  it('rejects with what the encoder throws, and gives it no more', async () => {
    const encoder = new Recording({
      onWrite: () => {
        throw new Error('broken')
      },
    })
    const clock = new FakeClock()
    await expect(encodePiece(encoder, new Uint8Array(200 * KiB), Piece.Final, encoder.emit, clock)).rejects.toThrow('broken')
    expect(encoder.calls.length).toBe(1)
    expect(() => encodePiece(encoder, new Uint8Array(2), Piece.Final, encoder.emit, clock)).toThrow('broken')
    expect(encoder.calls.length).toBe(2)
  })
})

class Recording implements MessageTransform {
  readonly reserved: number = 0
  readonly calls: string[] = []
  readonly given: Octets[] = []
  readonly emit = (): void => {}
  readonly #takesTurns: boolean
  readonly #onWrite: () => void

  constructor({ takesTurns = false, onWrite = () => {} }: { takesTurns?: boolean; onWrite?: () => void } = {}) {
    this.#takesTurns = takesTurns
    this.#onWrite = onWrite
  }

  write(octets: Octets): void | Promise<void> {
    this.calls.push(`write ${octets.length}`)
    this.given.push(Uint8Array.from(octets))
    this.#onWrite()
    return this.#takesTurns ? Promise.resolve() : undefined
  }

  flush(): void {
    this.calls.push('flush')
  }

  end(): void {
    this.calls.push('end')
  }
}

async function microtasks(): Promise<void> {
  for (let i = 0; i < 10; i++) await undefined
}
