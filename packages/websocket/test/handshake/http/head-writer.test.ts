import { describe, expect, it } from 'vitest'
import { addedHeaders, formatHead } from '../../../src/handshake/http/head-writer.ts'
import { decodeLatin1 } from '../../../src/handshake/http/latin1.ts'

describe('formatHead', () => {
  it('writes lines and leaves out those without a value', () => {
    expect(
      decodeLatin1(
        formatHead('GET / HTTP/1.1', [
          ['A', '\xe4'],
          ['B', undefined],
          ['C', ''],
        ]),
      ),
    ).toBe('GET / HTTP/1.1\r\nA: \xe4\r\nC: \r\n\r\n')
  })

  for (const bad of ['\r\nX: y', '\n', '\r', '\0', '\u0100']) {
    it(`refuses ${JSON.stringify(bad)} in every part of the head`, () => {
      expect(() => formatHead(`GET /${bad}`, [])).toThrowError(
        expect.objectContaining({ name: 'ApiMisuse', message: 'header "start line" has a character that HTTP cannot carry' }),
      )
      expect(() => formatHead('GET /', [['A', bad]])).toThrowError(expect.objectContaining({ name: 'ApiMisuse' }))
    })
  }
})

describe('addedHeaders', () => {
  it("takes what is not the handshake's own", () => {
    expect([...addedHeaders({ 'X-A': '1' }, new Set(['upgrade']))]).toEqual([['X-A', '1']])
    expect(addedHeaders(undefined, new Set()).size).toBe(0)
  })

  it("refuses the handshake's own in any case", () => {
    expect(() => addedHeaders({ UpGrade: 'x' }, new Set(['upgrade']))).toThrowError(
      expect.objectContaining({ name: 'ApiMisuse', message: 'header "UpGrade" is set by the handshake itself' }),
    )
  })
})
