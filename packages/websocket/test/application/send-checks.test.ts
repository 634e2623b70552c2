import { describe, expect, it } from 'vitest'
import { frameOptions, sendOptions } from '../../src/application/send-checks.ts'

describe('the options of one message or frame', () => {
  it('are given back as they are, or none', () => {
    const given = { fragmentSize: 3, doNotCompress: true }
    expect(sendOptions(given, 'sendMessage')).toBe(given)
    expect(sendOptions(undefined, 'sendMessage')).toEqual({})
    const frame = { final: true, reserved: 4 }
    expect(frameOptions(frame, 'sendMessageFrame')).toBe(frame)
    expect(frameOptions(undefined, 'sendMessageFrame')).toEqual({})
  })

  it('are refused where a name does not exist or a value does not fit', () => {
    expect(() => sendOptions({ fragmentsize: 1 } as object, 'sendMessage')).toThrow('did you mean fragmentSize?')
    expect(() => sendOptions(3 as never, 'sendMessage')).toThrow('the options of sendMessage must be an object')
    expect(() => frameOptions({ fin: true } as object, 'sendMessageFrame')).toThrow('did you mean final?')
    expect(() => frameOptions({ final: 1 } as object, 'sendMessageFrame')).toThrow('option final must be true or false, and not 1')
  })
})
