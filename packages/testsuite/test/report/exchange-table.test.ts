import { describe, expect, it } from 'vitest'
import { exchangeTable } from '../../src/report/exchange-table.ts'
import { Exchange } from '../../src/run/exchange.ts'

describe('exchangeTable', () => {
  it('shows frames, the ends of TCP, and notes', () => {
    const exchange = new Exchange()
    exchange.frame('fuzzer', { opcode: 1, fin: true, rsv: 0, mask: '01020304', lengthForm: 7, payload: Buffer.from('<hi>') })
    exchange.octets('fuzzer', Uint8Array.of(1, 2))
    exchange.tcp('testee', 'reset')
    exchange.note('a note')
    const table = String(exchangeTable({ exchange: exchange.record }))
    expect(table).toContain('<b>text</b> <small>FIN · mask 01020304 · 4 octets</small><q dir="auto">&#60;hi&#62;</q>')
    expect(table).toContain('00000000  3c 68 69 3e')
    expect(table).toContain('reset the connection')
    expect(table).toContain('<i>a note</i>')
  })

  it('shows where entries are left out', () => {
    const exchange = new Exchange()
    for (let n = 0; n < 350; n++) exchange.note(`note ${n}`)
    const table = String(exchangeTable({ exchange: exchange.record }))
    expect(table).toMatch(/note 199[\s\S]*50 entries not kept[\s\S]*note 250/)
  })

  it('limits its size: later dumps are short', () => {
    const exchange = new Exchange()
    const payload = new Uint8Array(400)
    for (let n = 0; n < 300; n++) exchange.frame('testee', { opcode: 2, fin: true, rsv: 0, mask: '', lengthForm: 16, payload })
    expect(String(exchangeTable({ exchange: exchange.record })).length).toBeLessThan(250_000)
  })

  it('says that nothing was sent', () => {
    expect(String(exchangeTable({ exchange: { entries: [], omitted: 0, omittedAfter: 0 } }))).toContain('Nothing was sent')
  })
})
