import { describe, expect, it } from 'vitest'
import { Dice } from '../../src/payloads/dice.ts'
import { pdfFile } from '../../src/payloads/pdf-file.ts'
import { latin1 } from '../../src/wire/octets.ts'

describe('pdfFile', () => {
  const text = latin1(pdfFile(new Dice(1), 50_000))

  it('has a cross-reference table with the offset of every object', () => {
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1])
    const [, count = '', entries = ''] = /^xref\n0 (\d+)\n([\s\S]*)trailer\n/.exec(text.slice(start)) ?? []
    expect(entries).toHaveLength(Number(count) * 20)
    for (let number = 1; number < Number(count); number++) {
      const place = Number(entries.slice(number * 20, number * 20 + 10))
      expect(text.slice(place, place + 10)).toMatch(new RegExp(`^${number} 0 obj\n`))
    }
  })

  it('has streams of the stated lengths', () => {
    const streams = [...text.matchAll(/\/Length (\d+) >>\nstream\n/g)]
    expect(streams.length).toBeGreaterThan(4)
    for (const { index, 0: head, 1: length } of streams)
      expect(text.slice(index + head.length + Number(length)).startsWith('\nendstream')).toBe(true)
  })

  it('lists its pages', () => {
    expect(Number(/\/Count (\d+)/.exec(text)?.[1])).toBe(text.match(/\/Type \/Page /g)?.length)
  })
})
