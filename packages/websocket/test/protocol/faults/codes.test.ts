import { expect, it } from 'vitest'
import { CloseCode } from '../../../src/protocol/faults/close-code.ts'
import * as codes from '../../../src/protocol/faults/codes.ts'

it('are those of CloseCode', () => {
  expect(CloseCode).toMatchObject({ ...codes })
  expect(Object.keys(codes).length).toBeGreaterThan(5)
})
