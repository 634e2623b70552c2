import { describe, expect, it } from 'vitest'
import { changed, head, isNoHttp, openings } from '../../src/cases/opening-words.ts'
import { hex, utf8 } from '../../src/wire/octets.ts'

describe('changed', () => {
  const lines = ['GET / HTTP/1.1', 'Host: x', 'Upgrade: websocket']

  it('replaces, removes, repeats and adds headers', () => {
    expect(changed(lines, { host: 'y' })).toEqual(['GET / HTTP/1.1', 'host: y', 'Upgrade: websocket'])
    expect(changed(lines, { Host: undefined })).toEqual(['GET / HTTP/1.1', 'Upgrade: websocket'])
    expect(changed(lines, { Host: ['a', 'b'] })).toEqual(['GET / HTTP/1.1', 'Host: a', 'Host: b', 'Upgrade: websocket'])
    expect(changed(lines, { New: '1' })).toEqual([...lines, 'New: 1'])
  })
})

describe('head', () => {
  it('ends each line, ends with an empty line, and adds the following octets', () => {
    expect(head(['a', 'b'], 'c')).toEqual(utf8('a\r\nb\r\n\r\nc'))
  })
})

describe('isNoHttp', () => {
  it('accepts the beginning of an answer as HTTP', () => {
    expect(['', 'HT', 'HTTP/1.1 200 OK'].map(text => isNoHttp(utf8(text)))).toEqual([false, false, false])
    expect(isNoHttp(hex('81 00'))).toBe(true)
  })
})

describe('openings', () => {
  it('numbers cases and adds the sentence and the accepted ends of each', () => {
    const [first, second] = openings('99.1', 'server', [
      { title: 'Asks.', ends: 'refused', section: 'RFC 6455 §4.1', opening: {} },
      { title: 'Asks.', ends: 'opened', section: 'RFC 6455 §4.1', opening: {}, expectation: 'It is as it is.' },
    ])
    expect(first).toMatchObject({ id: '99.1.1', testee: 'server', opening: { accepted: { refused: 'OK', dropped: 'NON-STRICT' } } })
    expect(first?.expectation).toBe('The server refuses with a status from 400.')
    expect(second).toMatchObject({ id: '99.1.2', opening: { accepted: { opened: 'OK' } }, expectation: 'It is as it is.' })
  })
})
