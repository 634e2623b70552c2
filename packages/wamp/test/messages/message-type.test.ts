import { describe, expect, it } from 'vitest'
import { MessageType, messageName } from '../../src/messages/message-type.ts'

describe('the codes of messages', () => {
  it('are 24, and each has one name', () => {
    const codes = Object.values(MessageType)
    expect(new Set(codes).size).toBe(24)
    expect(codes.map(messageName)).toEqual(Object.keys(MessageType))
  })

  it('do not name a message that WAMP does not have', () => {
    expect(messageName(7)).toBeUndefined()
    expect(messageName(1.5)).toBeUndefined()
  })
})
