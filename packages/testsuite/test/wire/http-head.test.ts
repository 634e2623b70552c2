import { describe, expect, it } from 'vitest'
import { HttpHeadReader, NoHttpHead, tokensOf, valuesOf } from '../../src/wire/http-head.ts'
import { utf8 } from '../../src/wire/octets.ts'

describe('HttpHeadReader', () => {
  it('returns the head and the octets after it, however they are cut', () => {
    const octets = utf8('GET / HTTP/1.1\r\nHost: a\r\nUpgrade:  websocket \r\n\r\nrest')
    for (let cut = 1; cut < octets.length - 4; cut++) {
      const reader = new HttpHeadReader(1000)
      const read = reader.push(octets.subarray(0, cut)) ?? reader.push(octets.subarray(cut))
      expect(read?.head.startLine).toBe('GET / HTTP/1.1')
      expect(read?.head.fields).toEqual([
        ['host', 'a'],
        ['upgrade', 'websocket'],
      ])
    }
    expect(new HttpHeadReader(1000).push(octets)?.rest.toString()).toBe('rest')
  })

  it('limits the size of a head', () => {
    const reader = new HttpHeadReader(10)
    expect(reader.push(utf8('0123456789'))).toBeUndefined()
    expect(() => reader.push(utf8('a'))).toThrow(NoHttpHead)
    expect(() => new HttpHeadReader(10).push(utf8('GET / HTTP/1.1\r\n\r\n'))).toThrow(NoHttpHead)
  })

  it('refuses a line without a name', () => {
    expect(() => new HttpHeadReader(100).push(utf8('GET / HTTP/1.1\r\nnothing\r\n\r\n'))).toThrow('without a name')
  })
})

describe('fields', () => {
  it('are read one by one, or as a list of tokens', () => {
    const head = new HttpHeadReader(100).push(utf8('x\r\nA: One, two\r\na: Three\r\n\r\n'))!.head
    expect(valuesOf(head, 'a')).toEqual(['One, two', 'Three'])
    expect(tokensOf(head, 'a')).toEqual(['one', 'two', 'three'])
  })
})
