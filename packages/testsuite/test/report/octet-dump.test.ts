import { describe, expect, it } from 'vitest'
import { octetDump, textIn } from '../../src/report/octet-dump.ts'
import { shown } from '../../src/run/exchange.ts'

describe('octetDump', () => {
  it('shows offsets, digits and printable characters', () => {
    expect(octetDump(shown(Buffer.from('Hello,\u0000 <world>!\n')))).toBe(
      [
        '00000000  48 65 6c 6c 6f 2c 00 20 3c 77 6f 72 6c 64 3e 21  Hello,· <world>!',
        '00000010  0a                                               ·',
      ].join('\n'),
    )
  })

  it('shows how much is left out, and continues with the offset of the tail', () => {
    const lines = octetDump(shown(new Uint8Array(1024))).split('\n')
    expect(lines[16]).toBe('          … 704 octets …')
    expect(lines[17]).toMatch(/^000003c0 {2}00/)
    expect(lines).toHaveLength(16 + 1 + 4)
  })

  it('shows at most the octets asked for, and then no tail', () => {
    expect(octetDump(shown(new Uint8Array(1024)), 16).split('\n')).toEqual([
      expect.stringMatching(/^00000000/),
      '          … 1008 octets …',
    ])
  })
})

describe('textIn', () => {
  it.each([
    ['Grüße', 'Grüße'],
    ['a\nb', 'a␊b'],
    ['', undefined],
    ['a\u0000', undefined],
    [Uint8Array.of(0xff), undefined],
    [Uint8Array.of(0xe2, 0x82), undefined],
    ['0123456789abcdef', '0123456789…'],
  ])('of %j is %j', (octets, text) => {
    expect(textIn(shown(Buffer.from(octets as string)), 10)).toBe(text)
  })

  it('reads text that is cut within a code point', () => {
    expect(textIn(shown(Buffer.from('€'.repeat(200))), 3)).toBe('€€€…')
  })
})
