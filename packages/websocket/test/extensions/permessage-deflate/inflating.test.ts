import { expect, it } from 'vitest'
import { CorruptData, type Decompressor } from '../../../src/bytes/deflate.ts'
import { Inflating } from '../../../src/extensions/permessage-deflate/inflating.ts'
import { PeerMisbehaved } from '../../../src/protocol/errors.ts'

const blamed = new PeerMisbehaved(1007, 'compressed message cannot be decompressed: why')

it('blames the peer for corrupt data, at once and later, and for nothing else', async () => {
  const failing = (error: Error): Inflating =>
    new Inflating(
      {
        write: () => {
          throw error
        },
        endMessage: () => Promise.reject(error),
      } as unknown as Decompressor,
      () => undefined,
    )
  const octets = new Uint8Array(1)
  expect(() => failing(new CorruptData('why')).write(octets, () => undefined)).toThrow(blamed)
  await expect(failing(new CorruptData('why')).end(() => undefined)).rejects.toThrow(blamed)
  expect(() => failing(new Error('else')).write(octets, () => undefined)).toThrow('else')
  await expect(failing(new Error('else')).end(() => undefined)).rejects.toThrow('else')
})
