import { describe, expect, it } from 'vitest'
import { KeptDeflater } from '../../src/wire/kept-deflater.ts'
import { hex, utf8 } from '../../src/wire/octets.ts'

const text = utf8('a text of some length that comes twice')

describe('KeptDeflater', () => {
  it('makes the second of two equal messages smaller with context, and not without', async () => {
    const [first, second] = await lengths(true)
    expect(second).toBeLessThan(first!)
    expect(new Set(await lengths(false)).size).toBe(1)
  })

  it('writes an empty message as one octet, wherever it stands', async () => {
    const deflater = new KeptDeflater({ windowBits: 15, keepsContext: true })
    for (const message of [hex(''), text, hex(''), hex('')])
      expect((await deflater.deflate(message)).length === 1).toBe(message.length === 0)
    deflater.close()
  })
})

async function lengths(keepsContext: boolean): Promise<number[]> {
  const deflater = new KeptDeflater({ windowBits: 15, keepsContext })
  const all = [(await deflater.deflate(text)).length, (await deflater.deflate(text)).length]
  deflater.close()
  return all
}
