import { expect, it } from 'vitest'
import { fastPathReport } from '../../../src/node/edge/fast-path-report.ts'
import { fastPathsAreOn } from '../../../src/node/runtime/fast-paths.ts'

it('finds every fast path on the Node that runs this, and none where they are switched off', () => {
  const all = { readInto: true, directWriter: true, deflatesAtOnce: true, simdMasker: true }
  const none = { readInto: false, directWriter: false, deflatesAtOnce: false, simdMasker: false }
  expect(fastPathReport()).toEqual(fastPathsAreOn ? all : none)
})
