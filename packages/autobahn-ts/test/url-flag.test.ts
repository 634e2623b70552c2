import { describe, expect, it } from 'vitest'
import { urlFrom, urlPathFrom } from '../src/url-flag.ts'

describe('the address of a server', () => {
  for (const url of ['ws://127.0.0.1:9000', 'wss://example.com/chat?x=1', 'ws+unix:/run/app.sock']) {
    it(`is ${url}`, () => expect(urlFrom(url)).toBe(url))
  }

  for (const [text, hint] of [
    ['127.0.0.1:9000', 'Write ws://127.0.0.1:9000.'],
    ['example.com/chat', 'Write ws://example.com/chat.'],
    ['https://example.com', 'Write wss://example.com.'],
    ['http://example.com', 'Write ws://example.com.'],
    ['ws://', 'For example ws://127.0.0.1:9000.'],
    ['', 'For example ws://127.0.0.1:9000.'],
    ['ws://[', 'For example ws://127.0.0.1:9000.'],
  ] as const) {
    it(`is not ${JSON.stringify(text)}: ${hint}`, () => expect(() => urlFrom(text)).toThrow(hint))
  }
})

describe('the path of a URL', () => {
  it('begins with a slash', () => expect(urlPathFrom('/chat')).toBe('/chat'))

  for (const text of ['chat', '', '/chat?x', '/a b', './a.sock']) {
    it(`is not ${JSON.stringify(text)}`, () => expect(() => urlPathFrom(text)).toThrow('--unix'))
  }
})
