import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCookies } from '../../../src/handshake/http/cookies.ts'

describe('parseCookies', () => {
  it('reads the example of RFC 6265 §3.1', () => {
    expect([...parseCookies(['SID=31d4d96e407aad42; lang=en-US'])]).toEqual([
      ['SID', '31d4d96e407aad42'],
      ['lang', 'en-US'],
    ])
  })

  it('joins several lines, as a proxy in front of HTTP/2 may send them', () => {
    expect([...parseCookies(['a=1', 'b=2; c=3'])]).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ])
  })

  it('takes the first of several values, which has the longest path (RFC 6265 §5.4)', () => {
    expect(parseCookies(['id=chat; id=site', 'id=other']).get('id')).toBe('chat')
  })

  it('removes quotes around a value, and only there', () => {
    expect([...parseCookies(['a="one"; b="; c="x; d=y"; e=""; f="in"ner"'])]).toEqual([
      ['a', 'one'],
      ['b', '"'],
      ['c', '"x'],
      ['d', 'y"'],
      ['e', ''],
      ['f', 'in"ner'],
    ])
  })

  it('resolves percent escapes of UTF-8, and leaves others as they are', () => {
    expect([...parseCookies(['a=s%3Aabc.def; b=%C3%A4; c=%ff; d=100%; e="%22"'])]).toEqual([
      ['a', 's:abc.def'],
      ['b', 'ä'],
      ['c', '%ff'],
      ['d', '100%'],
      ['e', '"'],
    ])
  })

  it('keeps equals signs of a value, and names with brackets', () => {
    expect([...parseCookies(['token=YWJj==; user[id]=7'])]).toEqual([
      ['token', 'YWJj=='],
      ['user[id]', '7'],
    ])
  })

  it('leaves out pieces without a name or without an equals sign', () => {
    expect([...parseCookies([';; =x; flag;\t ; \ta\t=\t1 ;'])]).toEqual([['a', '1']])
    expect([...parseCookies([])]).toEqual([])
  })

  it('trims spaces and tabs, but no other characters', () => {
    expect([...parseCookies(['\u00a0a = \u00a0b\u00a0 '])]).toEqual([['\u00a0a', '\u00a0b\u00a0']])
  })

  it('keeps names that objects inherit', () => {
    expect(parseCookies(['__proto__=1; constructor=2'])).toEqual(
      new Map([
        ['__proto__', '1'],
        ['constructor', '2'],
      ]),
    )
  })

  it('never fails', () => {
    fc.assert(fc.property(fc.array(fc.string()), lines => parseCookies(lines) instanceof Map))
  })

  it('takes linear time for hostile text', () => {
    expect(parseCookies([`${' '.repeat(2_000_000)}x${'"'.repeat(2_000_000)};`.repeat(2)]).size).toBe(0)
    expect(parseCookies([`a=${' '.repeat(4_000_000)}b`]).get('a')).toBe('b')
  })
})
