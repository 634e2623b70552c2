import { describe, expect, it } from 'vitest'
import { Exchange, shown } from '../../src/run/exchange.ts'
import { hex } from '../../src/wire/octets.ts'

describe('Exchange', () => {
  it('keeps frames, octets, the ends of TCP and notes in order, and counts frames', () => {
    const exchange = new Exchange()
    exchange.frame('fuzzer', { opcode: 1, fin: true, rsv: 0, mask: '01020304', lengthForm: 7, payload: hex('61') })
    exchange.octets('fuzzer', hex('ff'))
    exchange.tcp('testee', 'ended')
    exchange.note('a note')
    const { entries, omitted } = exchange.record
    expect(entries.map(({ kind, by }) => [kind, by])).toEqual([
      ['frame', 'fuzzer'],
      ['octets', 'fuzzer'],
      ['tcp', 'testee'],
      ['note', 'fuzzer'],
    ])
    expect(omitted).toBe(0)
    expect(exchange.traffic.fuzzer.frames).toBe(1)
  })

  it('keeps the first and the last of many entries, and counts those left out', () => {
    const exchange = new Exchange()
    for (let n = 0; n < 1000; n++) exchange.note(String(n))
    const { entries, omitted, omittedAfter } = exchange.record
    expect(entries).toHaveLength(300)
    expect(omitted).toBe(700)
    const texts = entries.map(entry => (entry.kind === 'note' ? entry.text : ''))
    expect(texts.slice(omittedAfter - 1, omittedAfter + 1)).toEqual(['199', '900'])
  })
})

describe('shown', () => {
  it('shows short octets whole, and long ones by head and tail', () => {
    expect(shown(hex('00 ff'))).toEqual({ length: 2, head: '00ff', omitted: 0, tail: '' })
    const { head, omitted, tail } = shown(new Uint8Array(1000))
    expect(head.length / 2 + omitted + tail.length / 2).toBe(1000)
  })
})
