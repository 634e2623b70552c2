import { describe, expect, it } from 'vitest'
import { webText } from '../../../src/bytes/text.ts'
import { defaultsOf } from '../../../src/protocol/options/option-table.ts'
import { clientOptions } from '../../../src/protocol/options/options.ts'
import { checkFrameSize, IncomingMessage, type MessageLimits, roundedLength } from '../../../src/protocol/receiving/incoming-message.ts'

describe('IncomingMessage', () => {
  it('is unfinished from its beginning to its end', () => {
    const message = make()
    expect(message).toMatchObject({ isUnfinished: false, isLastFrame: false })
    message.frameBegan(1, false)
    message.begin(true)
    expect(message).toMatchObject({ isUnfinished: true, isLastFrame: false, validates: true })
    message.frameBegan(1, true)
    expect(message).toMatchObject({ isUnfinished: true, isLastFrame: true })
    message.end()
    expect(message.isUnfinished).toBe(false)
  })

  it('counts frames and octets anew with each message', () => {
    const message = make({ maxMessagePayloadSize: 3, maxMessageFrames: 2 })
    for (let times = 0; times < 3; times++) {
      message.frameBegan(2, false)
      message.begin(false)
      message.frameBegan(1, true)
      message.delivered(3)
      expect(message.length).toBe(3)
      message.end()
    }
  })

  it('refuses what is above a limit: on the wire, in frames, and after extensions', () => {
    const message = make({ maxMessagePayloadSize: 3, maxMessageFrames: 2 })
    expect(() => message.frameBegan(4, true)).toThrow(tooBig('message of 4 octets is above the limit of 3'))
    const other = make({ maxMessagePayloadSize: 3, maxMessageFrames: 2 })
    other.frameBegan(2, false)
    other.begin(false)
    other.delivered(2)
    other.checkDecoded(1)
    expect(() => other.checkDecoded(2)).toThrow(tooBig('message of 4 octets is above the limit of 3'))
    other.frameBegan(0, false)
    expect(() => other.frameBegan(0, false)).toThrow(tooBig('message of more than 2 frames'))
  })

  it('says where a text is not UTF-8, and that one ends inside a sequence', () => {
    const message = make()
    message.frameBegan(3, true)
    message.begin(true)
    message.checkText(webText.encode('ab'), 0, 2)
    message.delivered(2)
    expect(() => message.checkText(Uint8Array.of(0xff), 0, 1)).toThrow(notUtf8('text message is not UTF-8, in its octets 2 to 2'))
    message.begin(true)
    message.checkText(Uint8Array.of(0xe2, 0x82), 0, 2)
    expect(() => message.end()).toThrow(notUtf8('text message ends inside a UTF-8 sequence'))
  })

  it('does not look at the octets of binary messages, nor of texts where the option says so', () => {
    const message = make()
    message.begin(false)
    message.checkText(Uint8Array.of(0xff), 0, 1)
    message.end()
    const lenient = make({ utf8validateIncoming: false })
    lenient.begin(true)
    lenient.checkText(Uint8Array.of(0xff), 0, 1)
    lenient.end()
  })
})

describe('checkFrameSize', () => {
  it('refuses a frame above the limit, and none where the limit is 0', () => {
    checkFrameSize(3, 3)
    checkFrameSize(4, 0)
    expect(() => checkFrameSize(4, 3)).toThrow(tooBig('frame of 4 octets is above the limit of 3'))
  })
})

describe('roundedLength', () => {
  it('rounds where there are no limits, and is above any that is there', () => {
    const none = { ...defaultsOf(clientOptions), maxFramePayloadSize: 0, maxMessagePayloadSize: 0 }
    expect(roundedLength(2n ** 53n + 1n, none)).toBe(2 ** 53)
    expect(() => roundedLength(2n ** 53n, { ...none, maxFramePayloadSize: 3 })).toThrow(
      tooBig('frame of 9007199254740992 octets is above the limit of 3'),
    )
    expect(() => roundedLength(2n ** 53n, { ...none, maxMessagePayloadSize: 3 })).toThrow(
      tooBig('message of 9007199254740992 octets is above the limit of 3'),
    )
  })
})

function make(options: Partial<MessageLimits> = {}): IncomingMessage {
  return new IncomingMessage({ ...defaultsOf(clientOptions), ...options }, webText)
}

function tooBig(message: string): unknown {
  return expect.objectContaining({ closeCode: 1009, message })
}

function notUtf8(message: string): unknown {
  return expect.objectContaining({ closeCode: 1007, message })
}
