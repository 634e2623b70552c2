import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { webText } from '../../../src/bytes/text.ts'
import { HeadReader, parseRequestHead, parseResponseHead, sizeOfHead } from '../../../src/handshake/http/http1-head.ts'
import { decodeLatin1, encodeLatin1 } from '../../../src/handshake/http/latin1.ts'

const request = 'GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\r\n'

describe('HeadReader', () => {
  it('gives the head and the octets behind it', () => {
    const { text, rest } = read([encodeLatin1(`${request}\x81\x05Hello`)])!
    expect(text).toBe(request)
    expect(decodeLatin1(rest)).toBe('\x81\x05Hello')
  })

  it('gives the same head however the octets are cut', () => {
    const octets = encodeLatin1(`${request}\x81`)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: octets.length })), cuts => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), octets.length]
        const pieces = at.slice(1).map((end, i) => octets.slice(at[i], end))
        const head = read(pieces)!
        expect(head.text).toBe(request)
      }),
    )
  })

  it('waits for the end of the head', () => {
    const reader = new HeadReader(100, 10)
    expect(reader.push(encodeLatin1('GET / HTTP/1.1\r\nHost: a\r\n'))).toBeUndefined()
    expect(reader.size).toBe(25)
    expect(reader.push(encodeLatin1('\r\n'))?.text).toBe('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  })

  it('finds the end behind a CR that begins it anew', () => {
    expect(read([encodeLatin1('a\r\r\n\r\r\n\r\n')])?.text).toBe('a\r\r\n\r\r\n\r\n')
  })

  it('takes a head of exactly the largest size, whatever follows it', () => {
    const reader = new HeadReader(request.length, 10)
    expect(reader.push(encodeLatin1(request + 'x'.repeat(1000)))?.rest.length).toBe(1000)
  })

  for (const [why, pieces] of [
    ['an endless header line', ['GET / HTTP/1.1\r\nX: ', 'a'.repeat(1000)]],
    ['an endless header line that comes in small pieces', Array.from({ length: 100 }, () => 'a')],
    ['a head that is an octet too large', ['a'.repeat(61), '\r\n\r\n']],
  ] as const) {
    it(`refuses ${why} with 431 and keeps no more than the limit`, () => {
      const reader = new HeadReader(64, 10)
      expect(() => {
        for (const piece of pieces) reader.push(encodeLatin1(piece))
      }).toThrowError(malformed(431))
      expect(reader.size).toBeLessThanOrEqual(64)
    })
  }

  it('refuses a flood of header lines with 431, so that none of them can vanish', () => {
    const lines = 'X: 1\r\n'.repeat(100)
    expect(read([encodeLatin1(`GET / HTTP/1.1\r\n${lines}\r\n`)])?.text).toContain(lines)
    expect(() => read([encodeLatin1(`GET / HTTP/1.1\r\n${lines}X: 1\r\n\r\n`)])).toThrowError(malformed(431, 'more than 100 header lines'))
  })

  it('refuses input that is not HTTP, such as TLS on a plain port, at its first control character', () => {
    expect(() => new HeadReader(1000, 10).push(Uint8Array.of(0x16, 3, 1))).toThrowError(
      malformed(400, 'control character 22 in the header'),
    )
  })

  it('takes tabs', () => {
    expect(read([encodeLatin1('a:\tb\r\n\r\n')])?.text).toBe('a:\tb\r\n\r\n')
  })

  it('looks at each octet once when they come one by one', () => {
    const octets = encodeLatin1(`${'a'.repeat(1_000_000)}\r\n\r\n`)
    const reader = new HeadReader(octets.length, 10)
    let head: { text: string } | undefined
    for (let i = 0; i < octets.length; i++) head = reader.push(octets.subarray(i, i + 1))
    expect(head?.text.length).toBe(octets.length)
  })

  for (const value of ['plain', 'caf\xe9', '\xc3\xa9', '\xef\xbb\xbf']) {
    it(`gives the same text of a header ${JSON.stringify(value)} with and without a runtime's decoder of UTF-8, however it is cut`, () => {
      const octets = encodeLatin1(`GET / HTTP/1.1\r\nX: ${value}\r\n\r\n`)
      for (let cut = 1; cut <= octets.length; cut++) {
        const reader = new HeadReader(100, 10, webText)
        const head = reader.push(octets.subarray(0, cut)) ?? reader.push(octets.subarray(cut))
        expect(head?.text).toBe(decodeLatin1(octets))
      }
    })
  }
})

describe('parseRequestHead', () => {
  it('takes a request apart', () => {
    const { method, target, httpVersion, headers } = parseRequestHead('GET /a?b=c HTTP/1.0\r\nHost:a\r\nX-Y: \t b c \t\r\nx-y:\r\n\r\n')
    expect({ method, target, httpVersion }).toEqual({ method: 'GET', target: '/a?b=c', httpVersion: '1.0' })
    expect([...headers]).toEqual([
      ['Host', 'a'],
      ['X-Y', 'b c'],
      ['x-y', ''],
    ])
  })

  it('takes a request without headers', () => {
    expect(parseRequestHead('OPTIONS * HTTP/1.1\r\n\r\n').headers.size).toBe(0)
  })

  it('keeps names that objects inherit as they are', () => {
    const { headers } = parseRequestHead('GET / HTTP/1.1\r\n__proto__: 1\r\nconstructor: 2\r\n\r\n')
    expect({ ofProto: headers.get('__proto__'), ofConstructor: headers.get('constructor'), ofToString: headers.get('toString') }).toEqual({
      ofProto: '1',
      ofConstructor: '2',
      ofToString: undefined,
    })
  })

  it('takes any header line that has been written by its rules', () => {
    const name = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/)
    const value = fc.stringMatching(/^([!-~\x80-\xff]([\t -~\x80-\xff]{0,20}[!-~\x80-\xff])?)?$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), lines => {
        const text = lines.map(([n, v]) => `${n}: ${v}\r\n`).join('')
        expect([...parseRequestHead(`GET / HTTP/1.1\r\n${text}\r\n`).headers]).toEqual(lines)
      }),
    )
  })

  it('throws nothing but MalformedHead, whatever the text', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('GET / HTTP/1.1', 'Host: a', '\r\n', ':', ' '))
    fc.assert(
      fc.property(fc.array(line), lines => {
        for (const parse of [parseRequestHead, parseResponseHead]) {
          try {
            parse(lines.join('\r\n'))
          } catch (error) {
            expect(error).toMatchObject({ name: 'MalformedHead' })
          }
        }
      }),
    )
  })

  for (const [why, text, message] of [
    ['a request line of two parts', 'GET /\r\n\r\n', 'request line "GET /" has not three parts'],
    ['a request line of one part', 'GET\r\n\r\n', 'request line "GET" has not three parts'],
    ['an empty request line', '\r\n\r\n', 'request line "" has not three parts'],
    ['an empty target', 'GET  HTTP/1.1\r\n\r\n', 'request line "GET  HTTP/1.1" has not three parts'],
    ['an empty method', ' / HTTP/1.1\r\n\r\n', 'request line " / HTTP/1.1" has not three parts'],
    ['a request line of four parts', 'GET / x HTTP/1.1\r\n\r\n', 'request line "GET / x HTTP/1.1" has more than three parts'],
    ['a method that is not a token', 'G(T / HTTP/1.1\r\n\r\n', 'method "G(T" is not a token'],
    ['no HTTP', 'GET / SIP/2.0\r\n\r\n', '"SIP/2.0" is not a version of HTTP'],
    ['lower-case http', 'GET / http/1.1\r\n\r\n', '"http/1.1" is not a version of HTTP'],
    ['a version without dot', 'GET / HTTP/111\r\n\r\n', '"HTTP/111" is not a version of HTTP'],
    ['a version without minor number', 'GET / HTTP/1.x\r\n\r\n', '"HTTP/1.x" is not a version of HTTP'],
    ['a version without major number', 'GET / HTTP/x.1\r\n\r\n', '"HTTP/x.1" is not a version of HTTP'],
    ['a version with more digits', 'GET / HTTP/1.10\r\n\r\n', '"HTTP/1.10" is not a version of HTTP'],
    ['a line without colon', 'GET / HTTP/1.1\r\nHost\r\n\r\n', 'header line "Host" does not begin with a name and a colon'],
    [
      'a line without colon before one that has it',
      'GET / HTTP/1.1\r\nHost\r\nA: b\r\n\r\n',
      'header line "Host" does not begin with a name and a colon',
    ],
    ['an empty name', 'GET / HTTP/1.1\r\n: a\r\n\r\n', 'header line ": a" does not begin with a name and a colon'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 'header line "Host : a" does not begin with a name and a colon'],
    ['a folded line', 'GET / HTTP/1.1\r\nA: b\r\n c: d\r\n\r\n', 'header line " c: d" does not begin with a name and a colon'],
    ['a lone LF in a value', 'GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n', 'control character in header "A"'],
    ['a lone CR in a value', 'GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n', 'control character in header "A"'],
    ['NUL in a value', 'GET / HTTP/1.1\r\nA: b\0\r\n\r\n', 'control character in header "A"'],
    ['lone LFs for ends of line', 'GET / HTTP/1.1\nHost: a\n\n', 'header without end'],
    ['no empty line', 'GET / HTTP/1.1\r\nHost: a\r\n', 'header without end'],
  ] as const) {
    it(`refuses ${why}`, () => {
      expect(() => parseRequestHead(text)).toThrowError(malformed(400, message))
    })
  }
})

describe('sizeOfHead', () => {
  it('is the length of a head that has no more spaces than it needs', () => {
    expect(sizeOfHead(parseRequestHead(request))).toBe(request.length)
    expect(sizeOfHead(parseRequestHead(request.replace('Host: ', 'Host:   ')))).toBe(request.length)
    expect(sizeOfHead(parseRequestHead('GET / HTTP/1.1\r\n\r\n'))).toBe(18)
  })
})

describe('parseResponseHead', () => {
  it('takes a response apart', () => {
    const { httpVersion, status, reason, headers } = parseResponseHead('HTTP/1.1 101 Switching  Protocols\r\nUpgrade: websocket\r\n\r\n')
    expect({ httpVersion, status, reason }).toEqual({ httpVersion: '1.1', status: 101, reason: 'Switching  Protocols' })
    expect(headers.get('upgrade')).toBe('websocket')
  })

  for (const line of ['HTTP/1.1 204 ', 'HTTP/1.1 204']) {
    it(`takes an empty reason: ${JSON.stringify(line)}`, () => {
      expect(parseResponseHead(`${line}\r\n\r\n`)).toMatchObject({ status: 204, reason: '' })
    })
  }

  for (const [why, line, message] of [
    ['no status', 'HTTP/1.1', 'status line "HTTP/1.1" has no status'],
    ['a status of two digits', 'HTTP/1.1 20 OK', 'status line "HTTP/1.1 20 OK" has no status'],
    ['a status that is not a number', 'HTTP/1.1 1e1 OK', 'status line "HTTP/1.1 1e1 OK" has no status'],
    ['another protocol', 'ICY 200 OK', '"ICY" is not a version of HTTP'],
    ['control characters', 'HTTP/1.1 200 O\nK', 'control character in the status line'],
  ] as const) {
    it(`refuses ${why}`, () => {
      expect(() => parseResponseHead(`${line}\r\n\r\n`)).toThrowError(malformed(400, message))
    })
  }

  it('refuses a text without line', () => {
    expect(() => parseResponseHead('HTTP/1.1 101 ')).toThrowError(malformed(400, 'header without end'))
  })
})

function read(pieces: readonly Uint8Array[]): { text: string; rest: Uint8Array } | undefined {
  const reader = new HeadReader(16 * 1024, 100)
  for (const piece of pieces) {
    const head = reader.push(piece)
    if (head !== undefined) return head
  }
  return undefined
}

function malformed(status: number, message: unknown = expect.any(String)): unknown {
  return expect.objectContaining({ name: 'MalformedHead', status, message })
}
