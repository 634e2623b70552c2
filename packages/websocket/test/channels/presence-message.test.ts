import { describe, expect, it } from 'vitest'
import { webText } from '../../src/bytes/text.ts'
import { isPresence, readPresence, readRollMessage, writePresence, writeRollMessage } from '../../src/channels/presence-message.ts'

const process = '0123456789abcdef'

describe('messages between processes', () => {
  it('are read as they were written', () => {
    for (const message of [
      { here: process },
      { gone: process },
      { question: 7, from: process, subject: 'rooms.ä' },
      { answer: 7, process, size: 2, members: ['a', { b: 1 }] },
    ])
      expect(readRollMessage(writeRollMessage(message, webText), webText)).toEqual(message)
  })

  it('are nothing where their parts are wrong, or they are not JSON in UTF-8', () => {
    for (const text of ['null', '7', '{}', '{"here":"0123"}', '{"answer":1,"process":"0123456789abcdef","size":1.5,"members":[]}', 'x'])
      expect(readRollMessage(webText.encode(text), webText)).toBeUndefined()
    expect(readRollMessage(Uint8Array.of(0xff), webText)).toBeUndefined()
  })
})

describe('presence', () => {
  it('is read as it was written, and is told from broadcasts by its first octet', () => {
    const event = { kind: 'join' as const, process, member: { name: 'ä' }, size: 3 }
    const octets = writePresence(event, webText)
    expect({ isPresence: isPresence(octets), event: readPresence(octets, webText) }).toEqual({ isPresence: true, event })
    expect([1, 2, 3, 0x11, 0x21].map(first => isPresence(Uint8Array.of(first)))).toEqual(Array(5).fill(false))
  })

  it('is nothing where its parts are wrong; a process cannot say that another one is lost', () => {
    for (const event of [
      { kind: 'lost', process, size: 0 },
      { kind: 'join', process: 'x', size: 0 },
      { kind: 'leave', process, size: -1 },
    ])
      expect(readPresence(Uint8Array.of(0x80, ...webText.encode(JSON.stringify(event))), webText)).toBeUndefined()
    expect(readPresence(Uint8Array.of(0x80), webText)).toBeUndefined()
  })
})
