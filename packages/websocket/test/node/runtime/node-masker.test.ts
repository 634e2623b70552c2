import { expect, it } from 'vitest'
import { SimdMasker } from '../../../src/bytes/simd-masker.ts'
import { fastPathsAreOn } from '../../../src/node/runtime/fast-paths.ts'
import { nodeMasker } from '../../../src/node/runtime/node-masker.ts'
import { nodeRuntime } from '../../../src/node/runtime/node-runtime.ts'

it.skipIf(!fastPathsAreOn)('masks with SIMD on Node, and is the masker of its runtime', () => {
  expect(nodeMasker).toBeInstanceOf(SimdMasker)
  expect(nodeRuntime.masker).toBe(nodeMasker)
  const octets = nodeMasker!.readBuffer.subarray(0, 2000).fill(0)
  nodeMasker!.apply(octets, 3, 2000, 0x0102_0304, 0)
  expect([...octets.subarray(0, 9)]).toEqual([0, 0, 0, 1, 2, 3, 4, 1, 2])
})
