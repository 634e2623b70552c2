import { describe, expect, it } from 'vitest'
import { messageRule } from '../../src/messages/message-table.ts'
import type { Payload } from '../../src/messages/payload.ts'
import { type ElementReader, readMessage } from '../../src/serializers/read-message.ts'

describe('readMessage', () => {
  it('reads the elements of the header, and then the payload', () => {
    const payload = { args: [1], kwargs: {} }
    expect(readMessage(messageRule, new ListReader([48, 1, {}, 'a', payload]), '', false)).toEqual([48, 1, {}, 'a', payload])
    expect(readMessage(messageRule, new ListReader([48, 1, {}, 'a']), '', false)).toEqual([48, 1, {}, 'a'])
  })

  it('stops at the first wrong element', () => {
    const reader = new ListReader([48, 0, {}, 'a'])
    expect(() => readMessage(messageRule, reader, '', false)).toThrow('CALL.Request must be an id')
    expect(reader.at).toBe(2)
  })

  it.each([
    [[], 'the code of a message must be one of WAMP, and not nothing'],
    [[48, 1, {}], 'CALL must have 4 to 6 elements, and not 3'],
    [[17, 1, 2, 3], 'PUBLISHED has more elements than it may have'],
    [[48, 1, {}, 'a', [], {}], 'CALL has more elements than it may have'],
    [[67, 0], 'UNREGISTERED.Details.registration is missing'],
  ])('refuses %j', (elements, fault) => {
    expect(() => readMessage(messageRule, new ListReader(elements), '', false)).toThrow(fault)
  })

  it('takes a binary payload only where the options name its encryption', () => {
    const reader = (options: object) => Object.assign(new ListReader([48, 1, options, 'a', {}]), { isTransparent: true })
    expect(() => readMessage(messageRule, reader({}), '', false)).toThrow('CALL.Arguments must be a list, and not binary data')
    expect(readMessage(messageRule, reader({ enc_algo: 'cryptobox' }), '', false)).toHaveLength(5)
  })
})

/** Reads the items of a list as the elements of a message. */
class ListReader implements ElementReader {
  readonly #list: readonly unknown[]
  isTransparent = false
  at = 0

  constructor(list: readonly unknown[]) {
    this.#list = list
  }

  begin(): boolean {
    return this.more()
  }

  element(): unknown {
    return this.#list[this.at++]
  }

  more(): boolean {
    return this.at < this.#list.length
  }

  payload(): Payload {
    return this.element() as Payload
  }
}
