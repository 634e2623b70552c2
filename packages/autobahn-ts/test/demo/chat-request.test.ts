import { describe, expect, it } from 'vitest'
import { ChatRefusal, longestName, longestText, readChatRequest, readLineElsewhere } from '../../src/demo/chat-request.ts'

describe('readChatRequest', () => {
  it('reads a name and a message', () => {
    expect(readChatRequest('{"type":"enter","name":"Ada"}')).toEqual({ type: 'enter', name: 'Ada' })
    expect(readChatRequest('{"type":"say","text":"hello","more":1}')).toEqual({ type: 'say', text: 'hello' })
  })

  it('makes one line of text with control characters and spaces', () => {
    expect(say(' a\n\u0000\tb \u2028 c\ud800 ')).toEqual({ type: 'say', text: 'a b c' })
  })

  it('keeps markup as plain text', () => {
    expect(say('<script>alert(1)</script>')).toEqual({ type: 'say', text: '<script>alert(1)</script>' })
  })

  it('counts characters as people do', () => {
    expect(say('🙂'.repeat(longestText))).toMatchObject({ type: 'say' })
    expect(() => say('🙂'.repeat(longestText + 1))).toThrow(`longer than ${longestText} characters`)
  })

  for (const [why, json, words] of [
    ['no JSON', '{', 'not a JSON object'],
    ['null', 'null', 'not a JSON object'],
    ['a number', '1', 'not a JSON object'],
    ['an unknown type', '{"type":"shout"}', 'must be "enter" or "say"'],
    ['a message without text', '{"type":"say"}', 'message is missing'],
    ['an empty message', '{"type":"say","text":" \\n "}', 'message is empty'],
    ['a name that is not a string', '{"type":"enter","name":{}}', 'name is missing'],
    ['a long name', JSON.stringify({ type: 'enter', name: 'x'.repeat(longestName + 1) }), `longer than ${longestName}`],
  ] as const) {
    it(`refuses ${why} with a sentence`, () => {
      expect(() => readChatRequest(json)).toThrow(ChatRefusal)
      expect(() => readChatRequest(json)).toThrow(words)
    })
  }
})

function say(text: string): object {
  return readChatRequest(JSON.stringify({ type: 'say', text }))
}

describe('readLineElsewhere', () => {
  it('reads a line as a message of a page is read', () => {
    expect(readLineElsewhere('{"name":" Ada\\n","text":"hello"}')).toEqual({ name: 'Ada', text: 'hello' })
    for (const wrong of ['', '{"name":"Ada"}', '{"text":"hello"}', JSON.stringify({ name: 'Ada', text: 'x'.repeat(longestText + 1) })])
      expect(() => readLineElsewhere(wrong)).toThrow(ChatRefusal)
  })
})
