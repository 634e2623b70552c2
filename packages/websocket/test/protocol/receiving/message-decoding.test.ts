import { describe, expect, it } from 'vitest'
import type { Emit, Octets } from '../../../src/bytes/octets.ts'
import { webText } from '../../../src/bytes/text.ts'
import type { MessageTransform } from '../../../src/protocol/extending/extension.ts'
import { ExtensionChain } from '../../../src/protocol/extending/extension-chain.ts'
import { HookRunner } from '../../../src/protocol/hooks/hook-runner.ts'
import { Settlement } from '../../../src/protocol/life/settlement.ts'
import { MessageDecoding } from '../../../src/protocol/receiving/message-decoding.ts'
import { textOf } from '../wire.ts'

describe('MessageDecoding', () => {
  it('is on from the beginning of a message with a decoder to its end', () => {
    const { decoding } = make()
    expect(decoding.isOn).toBe(false)
    decoding.begin(copying())
    expect(decoding.isOn).toBe(true)
    decoding.end()
    decoding.begin(undefined)
    expect(decoding.isOn).toBe(false)
  })

  it('decodes at once, flushes where it is wanted, and tells the end of each frame', () => {
    const { decoding, log } = make()
    decoding.begin(copying())
    decoding.write(webText.encode('a'))
    decoding.endFrame(false, false)
    decoding.write(webText.encode('b'))
    decoding.endFrame(false, true)
    decoding.endFrame(true, false)
    expect(log).toEqual(['a', 'frame', 'b', 'flush', 'frame', 'end', 'frame'])
  })

  it('holds the reading while a decoder takes its time, until the end of the frame was told', async () => {
    const { decoding, log } = make()
    const work = new Settlement<void>()
    decoding.begin({ ...copying(), end: emit => work.promise.then(() => void emit(webText.encode('late'))) })
    decoding.endFrame(true, false)
    expect({ isHeld: decoding.isHeld, log: [...log] }).toEqual({ isHeld: true, log: [] })
    work.resolve()
    await paused(log)
    expect({ isHeld: decoding.isHeld, log }).toEqual({ isHeld: false, log: ['late', 'frame, held', 'paused'] })
  })

  it('takes nothing from a call that is done', () => {
    const { decoding, log } = make()
    let late: Emit | undefined
    const keep = (_: Octets, emit: Emit): void => {
      late = emit
    }
    decoding.begin({ ...copying(), write: keep })
    decoding.write(webText.encode('a'))
    expect(() => late!(webText.encode('a'))).toThrow('its decoder emits before write, flush and end are done, and not later')
    expect(log).toEqual([])
  })

  it('names the extension in what a decoder throws, and in what its promise rejects with', async () => {
    const { decoding, log } = make()
    const fail = (): never => {
      throw new Error('broken')
    }
    decoding.begin({ ...copying(), write: fail, end: async () => fail() })
    expect(() => decoding.write(webText.encode('a'))).toThrow('extension x failed in its decoder: broken')
    expect(decoding.isHeld).toBe(false)
    decoding.endFrame(true, false)
    await paused(log)
    expect(log).toEqual(['failed: extension x failed in its decoder: broken'])
  })

  it('keeps octets while as much was read ahead as is allowed, and goes on with them', () => {
    const { decoding, log, runner } = make()
    const given: number[] = []
    runner.pause()
    runner.run(() => undefined)
    const count = ({ length }: Octets): void => {
      given.push(length)
      runner.readAhead(length)
    }
    decoding.begin({ ...copying(), write: count })
    decoding.write(new Uint8Array(70 * 1024))
    expect({ isHeld: decoding.isHeld, each: new Set(given), all: sum(given) }).toEqual({
      isHeld: true,
      each: new Set([1024]),
      all: 64 * 1024,
    })
    runner.resume()
    decoding.proceed()
    expect({ isHeld: decoding.isHeld, all: sum(given), log }).toEqual({ isHeld: false, all: 70 * 1024, log: [] })
  })
})

/** Emits what it is given, and says where it is flushed and ended. */
function copying(): MessageTransform {
  return {
    reserved: 4,
    write: (octets, emit) => emit(octets),
    flush: emit => emit(webText.encode('flush')),
    end: emit => emit(webText.encode('end')),
  }
}

function make() {
  const log: string[] = []
  const runner = new HookRunner({ readingReleased: () => undefined, hookFailed: () => undefined })
  const decoder = (): MessageTransform => copying()
  const instance = { reservedBits: 4, opcodes: [], close: () => undefined, decoder }
  const decoding: MessageDecoding = new MessageDecoding(new ExtensionChain([{ name: 'x', parameters: new Map(), instance }]), runner, {
    decoded: octets => void log.push(textOf(octets)),
    frameDecoded: () => void log.push(decoding.isHeld ? 'frame, held' : 'frame'),
    decodingPaused: () => void log.push('paused'),
    decodingFailed: error => void log.push(`failed: ${(error as Error).message}`),
  })
  return { decoding, log, runner }
}

/** Waits until the decoding has told that it is done, or failed. */
async function paused(log: readonly string[]): Promise<void> {
  while (!log.some(entry => entry === 'paused' || entry.startsWith('failed'))) await Promise.resolve()
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0)
}
