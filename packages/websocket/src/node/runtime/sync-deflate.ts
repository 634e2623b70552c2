import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib'
import type { Awaitable } from '../../bytes/awaitable.ts'
import { type Compressor, type CompressorSettings, CorruptData, type Decompressor, type Deflate } from '../../bytes/deflate.ts'
import { copyOf, type Emit, noOctets, type Octets } from '../../bytes/octets.ts'
import { realNow, realSetImmediate } from './event-loop.ts'
import { fairTurns } from './fair-turns.ts'
import { lastFour, messageTail } from './message-tail.ts'
import { ZlibHandle } from './zlib-handle.ts'

const { Z_NO_FLUSH, Z_SYNC_FLUSH, Z_BLOCK } = constants

/**
 * DEFLATE by zlib within the turn: a message of 400 octets takes some microseconds, and no turns of the event loop.
 *
 * Work that takes longer than `longestTurn` continues in later turns. `undefined` where the runtime's zlib streams are not as expected.
 */
export function makeSyncDeflate(): Deflate | undefined {
  try {
    return worksAsExpected(syncDeflate) ? syncDeflate : undefined
  } catch {
    return undefined
  }
}

const syncDeflate: Deflate = {
  compressor: settings => new SyncCompressor(settings),
  decompressor: (windowBits, dictionary) => new SyncDecompressor(windowBits, dictionary),
}

class SyncCompressor implements Compressor {
  readonly #handle: ZlibHandle
  readonly #receiver: Receiver = { asked: undefined }
  /** Whether anything was written since the last flush: a second flush would only add octets to the message. */
  #hasUnflushed = false

  constructor({ windowBits, level, memLevel }: CompressorSettings) {
    this.#handle = new ZlibHandle(createDeflateRaw({ windowBits, level, memLevel, chunkSize: smallestChunk }))
  }

  write(octets: Octets, emit: Emit): Awaitable<void> {
    this.#hasUnflushed = true
    return this.#work(Z_NO_FLUSH, octets, emit)
  }

  flush(emit: Emit): Awaitable<void> {
    if (!this.#hasUnflushed) return
    this.#hasUnflushed = false
    return this.#work(Z_SYNC_FLUSH, noOctets, emit)
  }

  reset(): void {
    this.#hasUnflushed = false
    this.#handle.reset()
  }

  close(): void {
    this.#handle.close()
  }

  #work(flush: number, input: Octets, emit: Emit): Awaitable<void> {
    return inTurns(input, this.#receiver, (octets, at) => {
      if (this.#handle.isClosed) return done
      const end = Math.min(octets.length, at + sliceSize)
      const isFull = emitRun(this.#handle, flush, octets, at, end, emit, this.#receiver)
      const next = end - this.#handle.inputLeft
      return isFull || next < octets.length ? next : done
    })
  }
}

class SyncDecompressor implements Decompressor {
  readonly #handle: ZlibHandle
  readonly #receiver: Receiver = { asked: undefined }
  /** The last four octets of the message so far, as a number. */
  #last = 0

  constructor(windowBits: number, dictionary: Octets | undefined) {
    const options = { windowBits, chunkSize: smallestChunk }
    this.#handle = new ZlibHandle(createInflateRaw(dictionary === undefined ? options : { ...options, dictionary }))
  }

  write(input: Octets, emit: Emit): Awaitable<void> {
    let wasReset = false
    this.#last = lastFour(this.#last, input)
    return inTurns(input, this.#receiver, (octets, at) => {
      const handle = this.#handle
      if (handle.isClosed) return done
      const isFull = emitRun(handle, Z_SYNC_FLUSH, octets, at, octets.length, emit, this.#receiver)
      const next = octets.length - handle.inputLeft
      if (isFull) return next
      if (next === octets.length) return done
      wasReset = this.#passFinalBlock(wasReset && next === at)
      return next
    })
  }

  /**
   * Appends the octets that complete the last block, and one octet more, which must be left over: inflate stops at the end of a block. It
   * uses none of them where the last block is marked as the last of the stream. Output would mean that they became part of a block without
   * an end.
   */
  endMessage(): Awaitable<void> {
    const handle = this.#handle
    if (handle.isClosed) return
    const ending = this.#last === messageTail ? emptyBlockAndOneMore : tailAndOneMore
    this.#last = 0
    emitRun(handle, Z_BLOCK, ending, 0, ending.length, insideBlock, this.#receiver)
    if (handle.inputLeft === ending.length) this.#passFinalBlock(false)
    else if (handle.inputLeft !== 1) insideBlock()
  }

  reset(): void {
    this.#last = 0
    this.#handle.reset()
  }

  close(): void {
    this.#handle.close()
  }

  /**
   * Continues after a block that is marked as the last, which others may follow (RFC 7692 §7.2.3.4). zlib starts anew then, with an empty
   * window.
   */
  #passFinalBlock(isStuck: boolean): boolean {
    if (isStuck) throw new CorruptData('data that is not a block follows the last one')
    this.#handle.reset()
    return true
  }
}

function insideBlock(): never {
  throw new CorruptData('the data ends inside a block')
}

/** The receiver of a codec's output. */
interface Receiver {
  /** Resolves when the receiver is ready for more; `undefined` where it is ready at once. */
  asked: Promise<void> | undefined
}

/** Runs zlib once, emits its output, and tells whether there may be more of it. */
function emitRun(handle: ZlibHandle, flush: number, input: Octets, start: number, end: number, emit: Emit, receiver: Receiver): boolean {
  const output = scratches.pop() ?? new Uint8Array(scratchSize)
  try {
    handle.run(flush, input, start, end, output)
    if (handle.error !== undefined) throw new CorruptData(handle.error)
    const { outputLeft } = handle
    if (outputLeft < scratchSize) receiver.asked = emit(output.subarray(0, scratchSize - outputLeft)) ?? undefined
    return outputLeft === 0
  } finally {
    if (scratches.length < mostScratches) scratches.push(output)
  }
}

/**
 * Repeats a step, which takes a position in the input and returns the next one or `done`, for as long as others need not wait.
 *
 * All work of codecs in one turn of the event loop counts together, because a hundred sockets may be read in it. Small messages, which take
 * one step, are not counted and never wait. Where the receiver of the output demands it, the next step waits until it is ready for more.
 */
function inTurns(input: Octets, receiver: Receiver, step: (input: Octets, at: number) => number): Awaitable<void> {
  let at = 0
  receiver.asked = undefined
  if (input.length <= sliceSize || !loopTurn.isOver) at = step(input, at)
  while (at !== done) {
    if (loopTurn.isOver || receiver.asked !== undefined) return inLaterTurns(copyOf(input, at, input.length), receiver, step)
    at = step(input, at)
  }
}

/** Continues in a later turn, with a copy of the rest of the input, which was lent for the first turn only. */
async function inLaterTurns(rest: Octets, receiver: Receiver, step: (input: Octets, at: number) => number): Promise<void> {
  for (let at = 0; at !== done; ) {
    await receiver.asked
    const isFirst = at === 0
    await new Promise<void>(resolve => fairTurns.next(resolve, isFirst))
    receiver.asked = undefined
    const turn = new Turn()
    do at = step(rest, at)
    while (at !== done && receiver.asked === undefined && !turn.isOver)
  }
}

/** Measures the time for which other connections have to wait. */
class Turn {
  readonly #began = realNow()

  get isOver(): boolean {
    return realNow() - this.#began > longestTurn
  }
}

/** The time that codecs have used in the current turn of the event loop, from the first one on. */
class LoopTurn {
  #turn: Turn | undefined

  get isOver(): boolean {
    if (this.#turn === undefined) realSetImmediate(this.#end)
    this.#turn ??= new Turn()
    return this.#turn.isOver
  }

  readonly #end = (): void => {
    this.#turn = undefined
  }
}

const loopTurn = new LoopTurn()

function worksAsExpected(deflate: Deflate): boolean {
  if (!ZlibHandle.isUsable(createDeflateRaw()) || !ZlibHandle.isUsable(createInflateRaw())) return false
  const compressor = deflate.compressor({ windowBits: 9, level: 1, memLevel: 1 })
  const decompressor = deflate.decompressor(9)
  const sample = Uint8Array.from({ length: 300 }, (_, i) => i & 7)
  const lengths: number[] = []
  const wasRight = [1, 2, 3].every(round => {
    if (round === 3) {
      compressor.reset()
      decompressor.reset()
    }
    const compressed = output(emit => [compressor.write(sample, emit), compressor.flush(emit)])
    lengths.push(compressed.length)
    const body = Uint8Array.from(compressed.slice(0, -4))
    const again = output(emit => [decompressor.write(body, emit), decompressor.endMessage(emit)])
    return compressed.slice(-4).join() === '0,0,255,255' && again.join() === sample.join()
  })
  compressor.close()
  decompressor.close()
  // the second message needs the window of the first, and the third needs neither
  return wasRight && lengths[1]! < lengths[0]! && lengths[2] === lengths[0]
}

function output(work: (emit: Emit) => unknown): number[] {
  const all: number[] = []
  work(octets => void all.push(...octets))
  return all
}

const done = -1

/** Output buffers. They are lent while they are emitted, when other codecs may be working. */
const scratches: Octets[] = []
const mostScratches = 4
const scratchSize = 64 * 1024

/** The octets to append, RFC 7692 §7.2.2, and one more octet. */
const tailAndOneMore = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x00)

/** A whole empty block, where the tail was not removed, and one more octet. */
const emptyBlockAndOneMore = Uint8Array.of(0x00, 0x00, 0x00, 0xff, 0xff, 0x00)

/** The number of octets in one call, which cannot be interrupted: at the highest level they take about a millisecond. */
const sliceSize = 16 * 1024

/** The longest time of work in one turn, in milliseconds. */
const longestTurn = 2

/** The size of the stream's own buffer, which is not used here. */
const smallestChunk = 64
