import { describe, expect, it } from 'vitest'
import { parseResponseHead } from '../../../src/handshake/http/http1-head.ts'
import { ResponseBody } from '../../../src/handshake/http/response-body.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

function body(headers: string, maxSize = 100, status = 403): ResponseBody {
  return new ResponseBody(parseResponseHead(`HTTP/1.1 ${status} x\r\n${headers}\r\n`), maxSize)
}

describe('ResponseBody', () => {
  for (const [how, headers, octets, text, isComplete] of [
    ['as many octets as Content-Length says', 'Content-Length: 3\r\n', 'abcdef', 'abc', true],
    ['fewer than Content-Length says', 'Content-Length: 9\r\n', 'abc', 'abc', false],
    ['nothing for Content-Length 0', 'Content-Length: 0\r\n', '', '', true],
    ['everything until the end without a length', '', 'abc', 'abc', false],
    ['chunks', 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n', 'abc0123456789', true],
    ['chunks that have not ended', 'Transfer-Encoding: gzip, chunked\r\n', '3\r\nabc\r\n4\r\nde', 'abcde', false],
    ['what comes before a chunk that is none', 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\nxyz\r\ndef', 'abc', true],
    ['what comes before a line without end', 'Transfer-Encoding: chunked\r\n', `1\r\na\r\n${'x'.repeat(300)}`, 'a', true],
  ] as const) {
    it(`collects ${how}, however the octets are cut`, () => {
      for (const size of [1, 2, 5, 1000]) {
        const one = body(headers)
        for (let at = 0; at < octets.length; at += size) one.push(encode(octets.slice(at, at + size)))
        expect([one.text, one.isComplete], `cut by ${size}`).toEqual([text, isComplete])
      }
    })
  }

  it('keeps no more than its bound', () => {
    for (const headers of ['', 'Content-Length: 1000000\r\n', 'Transfer-Encoding: chunked\r\n']) {
      const one = body(headers, 4)
      one.push(encode(headers.includes('chunked') ? 'ff\r\nabcdefgh' : 'abcdefgh'))
      expect([one.text, one.isComplete]).toEqual(['abcd', true])
    }
  })

  it('copies what it keeps: octets are lent', () => {
    const octets = encode('abc')
    const one = body('')
    one.push(octets)
    octets.fill(0)
    expect(one.text).toBe('abc')
  })

  it('expects none for 204 and 304', () => {
    for (const status of [204, 304]) expect(body('Content-Length: 5\r\n', 100, status).isComplete).toBe(true)
  })
})
