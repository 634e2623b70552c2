import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { messageOf, type PayloadFile, payloadFiles } from '../../src/payloads/payload-files.ts'

/** The name, the SHA-256, and the ratio that deflate reaches, which has to be typical of such files. */
const known: readonly (readonly [keyof typeof payloadFiles, string, number, number])[] = [
  ['json', '5fa2dc5727ee58de15f8d3c4e0f52ec986859ef3061f90490683439337eef8c6', 4, 8],
  ['bitmap', '2f99d39e517ced7857519e3cc0de3abb2133bed3c10a3820a98b5efa10708a8e', 1.2, 2],
  ['prose', 'ce378d979f19fe843a2c7505e2748b5762c2e091cee339c527fe1a4e073c7614', 2.5, 3.6],
  ['html', '75eed7621b5aa1fd0c105406ebb9f500f6f86d9ae6b704ff5b2a89422b5d2729', 3.5, 6],
  ['pdf', '798e8a22dd0795b465fcae9d3bdae93f5ae7e8384bfa56f444583c1491621021', 1.02, 1.3],
]

describe('the payload files', () => {
  it.each(known)('%s always has the same octets, enough of them, and compresses as usual for its kind', (name, hash, least, most) => {
    const octets = payloadFiles[name].octets()
    expect(createHash('sha256').update(octets).digest('hex')).toBe(hash)
    expect(octets.length).toBeGreaterThan(3 * 131_072)
    const ratio = octets.length / deflateRawSync(octets).length
    expect(ratio).toBeGreaterThan(least)
    expect(ratio).toBeLessThan(most)
  })

  it('are made once', () => {
    expect(payloadFiles.json.octets()).toBe(payloadFiles.json.octets())
  })

  it('give messages of the exact length, text in whole characters, and hardly a message twice', () => {
    for (const file of Object.values<PayloadFile>(payloadFiles)) {
      for (const length of [16, 1024, 131_072]) {
        const messages = Array.from({ length: 300 }, (_, n) => messageOf(file, length, n))
        expect(messages.filter(message => message.length !== length || (file.kind === 'text' && !isUtf8(message)))).toEqual([])
        expect(new Set(messages.map(({ byteOffset }) => byteOffset)).size).toBeGreaterThan(290)
      }
    }
  })
})
