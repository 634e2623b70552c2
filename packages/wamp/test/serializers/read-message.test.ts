import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
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

  it.each([
    [[3, {}, 'wamp.close.normal']],
    [[8, 48, 1, {}, 'a.b']],
    [[8, 48, 1, {}, 'a.b', { args: [], kwargs: {} }]],
    [[16, 1, {}, 'a']],
    [[36, 1, 2, {}]],
    [[50, 1, {}]],
    [[67, 1]],
    [[67, 0, { registration: 1 }]],
  ])('makes a list of the elements that came, and of no others: %j', elements => {
    const message: readonly unknown[] = readMessage(messageRule, new ListReader(elements), '', false)
    expect([message.length, [...message]]).toStrictEqual([elements.length, elements])
  })

  it('makes lists with room for their elements alone', () => {
    const elements = [48, 1, {}, 'a', { args: [], kwargs: {} }]
    const read = (): unknown => readMessage(messageRule, new ListReader(elements), '', false)
    const kept: unknown[] = Array.from({ length: 10_000 }, read)
    collect()
    const before = process.memoryUsage().heapUsed
    for (let n = 0; n < kept.length; n++) kept[n] = undefined
    collect()
    // 88 with pointers of 8 octets; a list that has grown by `push` takes 184
    expect((before - process.memoryUsage().heapUsed) / kept.length).toBeLessThan(140)
  })

  it('takes a binary payload only where the options name its encryption', () => {
    const reader = (options: object) => Object.assign(new ListReader([48, 1, options, 'a', {}]), { isTransparent: true })
    expect(() => readMessage(messageRule, reader({}), '', false)).toThrow('CALL.Arguments must be a list, and not binary data')
    expect(readMessage(messageRule, reader({ enc_algo: 'cryptobox' }), '', false)).toHaveLength(5)
  })
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

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
