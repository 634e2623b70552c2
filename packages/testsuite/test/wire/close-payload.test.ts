import { describe, expect, it } from 'vitest'
import { closePayload, readClosePayload } from '../../src/wire/close-payload.ts'
import { hex } from '../../src/wire/octets.ts'

describe('close payloads', () => {
  it('are a code of two octets and a reason', () => {
    expect(closePayload(1000, 'ok')).toEqual(hex('03 e8 6f 6b'))
    expect(closePayload(65_535)).toEqual(hex('ff ff'))
  })

  it('are read back, and may be empty', () => {
    expect(readClosePayload(hex(''))).toEqual({})
    expect(readClosePayload(closePayload(1001, 'bye'))).toEqual({ code: 1001, reason: 'bye' })
  })

  it.each([1000, 1003, 1007, 1014, 3000, 4999])('may have code %i', code => {
    expect(readClosePayload(closePayload(code))).toEqual({ code, reason: '' })
  })

  it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000])('must not have code %i', code => {
    expect(readClosePayload(closePayload(code))).toContain(`code ${code}`)
  })

  it('must not be one octet, and must have a reason in UTF-8', () => {
    expect(readClosePayload(hex('03'))).toContain('one octet')
    expect(readClosePayload(closePayload(1000, hex('ff')))).toContain('UTF-8')
  })
})
