import { describe, expect, it } from 'vitest'
import { messageRule } from '../../src/messages/message-table.ts'
import { MessageType } from '../../src/messages/message-type.ts'

const rules = Object.values(MessageType).map(code => messageRule(code)!)

describe('the table of messages', () => {
  it('has every message', () => {
    expect(rules.map(({ name }) => name)).toEqual(Object.keys(MessageType))
    expect(rules.map(({ code }) => code)).toEqual(Object.values(MessageType))
  })

  it('has nothing for other codes', () => {
    expect([0, 7, 71, 337, -1, 1.5, '48', undefined, 'length', 'map'].map(messageRule)).toEqual(new Array(10).fill(undefined))
  })

  it('knows who sends a message', () => {
    expect(rules.filter(rule => rule.isFromClient && rule.isFromRouter).map(({ name }) => name)).toEqual(['ABORT', 'GOODBYE', 'ERROR'])
    expect(rules.filter(rule => !rule.isFromRouter).map(({ name }) => name)).toEqual([
      'HELLO',
      'AUTHENTICATE',
      'PUBLISH',
      'SUBSCRIBE',
      'UNSUBSCRIBE',
      'CALL',
      'CANCEL',
      'REGISTER',
      'UNREGISTER',
      'YIELD',
    ])
  })

  it('knows which messages have a payload', () => {
    expect(rules.filter(({ hasPayload }) => hasPayload).map(({ name }) => name)).toEqual([
      'ABORT',
      'ERROR',
      'PUBLISH',
      'EVENT',
      'CALL',
      'RESULT',
      'INVOCATION',
      'YIELD',
    ])
  })
})
