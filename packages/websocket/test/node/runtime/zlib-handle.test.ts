import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ZlibHandle } from '../../../src/node/runtime/zlib-handle.ts'

const input = Uint8Array.of(1, 2, 3)
const output = new Uint8Array(100)

describe('ZlibHandle', () => {
  it('compresses and decompresses synchronously, and returns how much input and output space is left', () => {
    const handle = new ZlibHandle(createDeflateRaw())
    handle.run(constants.Z_SYNC_FLUSH, input, 0, 3, output)
    expect({ inputLeft: handle.inputLeft, outputLength: output.length - handle.outputLeft, error: handle.error }).toEqual({
      inputLeft: 0,
      outputLength: 9,
      error: undefined,
    })
    handle.close()
  })

  it('says what is wrong with its input', () => {
    const handle = new ZlibHandle(createInflateRaw())
    handle.run(constants.Z_SYNC_FLUSH, Uint8Array.of(0xff), 0, 1, output)
    expect(handle.error).toBe('invalid block type')
    handle.close()
  })

  // Without the guard each of these would abort the process, this one with all its tests.
  it('refuses to run when it is closed, may be reset then, and closed twice', () => {
    const handle = new ZlibHandle(createDeflateRaw())
    handle.close()
    handle.close()
    handle.reset()
    expect(() => handle.run(constants.Z_NO_FLUSH, input, 0, 3, output)).toThrow('this zlib handle is closed')
    expect(handle.isClosed).toBe(true)
  })

  for (const [start, end] of [
    [-1, 1],
    [2, 1],
    [0, 4],
    [Number.NaN, 1],
  ] as const) {
    it(`refuses to read from ${start} to ${end} of 3 octets`, () => {
      const handle = new ZlibHandle(createDeflateRaw())
      expect(() => handle.run(constants.Z_NO_FLUSH, input, start, end, output)).toThrow(RangeError)
      handle.close()
    })
  }

  it('tells whether a stream has a handle that it can use', () => {
    expect(ZlibHandle.isUsable(createDeflateRaw())).toBe(true)
    for (const stream of [
      {},
      { _handle: {} },
      { _handle: { writeSync() {}, reset() {} } },
      { _handle: { writeSync() {}, reset() {} }, _writeState: new Uint32Array(3) },
    ])
      expect(ZlibHandle.isUsable(stream as ReturnType<typeof createDeflateRaw>)).toBe(false)
  })
})
