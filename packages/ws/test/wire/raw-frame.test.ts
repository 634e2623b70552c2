import { expect, it } from 'vitest'
import { rawFrame } from '../../src/wire/raw-frame.ts'

it('a frame has its header, the mask bit with a key of zeros where it is masked, and its payload', () => {
  const payload = Uint8Array.from([5, 6])
  expect([...rawFrame(2, true, payload, false)]).toEqual([0x82, 2, 5, 6])
  expect([...rawFrame(1, false, payload, true)]).toEqual([0x01, 0x82, 0, 0, 0, 0, 5, 6])
  expect([...rawFrame(2, true, new Uint8Array(200), false).subarray(0, 4)]).toEqual([0x82, 126, 0, 200])
})
