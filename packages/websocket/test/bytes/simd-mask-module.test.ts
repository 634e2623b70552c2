import { expect, it } from 'vitest'
import { memoryPages, simdMaskModule } from '../../src/bytes/simd-mask-module.ts'

it('is a module of one function and a memory that cannot grow', () => {
  const module = simdMaskModule()
  expect(WebAssembly.validate(module)).toBe(true)
  const { memory } = new WebAssembly.Instance(new WebAssembly.Module(module)).exports as { memory: WebAssembly.Memory }
  expect(memory.buffer.byteLength).toBe(memoryPages * 65_536)
  expect(() => memory.grow(1)).toThrow(RangeError)
})
