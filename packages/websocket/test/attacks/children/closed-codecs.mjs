// Everything that must not be done to a closed zlib handle, which would abort this process.
import { nodeDeflate } from '../../../dist/node/runtime/node-deflate.js'

const nothing = () => {}
const octets = new Uint8Array(1_000_000).map((_, i) => i * i)
for (let round = 0; round < 20; round++) {
  const compressor = nodeDeflate.compressor({ windowBits: 15, level: 9, memLevel: 8 })
  const decompressor = nodeDeflate.decompressor(15)
  const work = [compressor.write(octets, nothing), decompressor.write(Uint8Array.of(0, 5), nothing)]
  for (const codec of [compressor, decompressor]) {
    codec.close()
    codec.close()
    codec.reset()
  }
  await Promise.allSettled(work)
  await Promise.allSettled([attempt(() => compressor.write(octets, nothing)), attempt(() => decompressor.write(octets, nothing))])
  await Promise.allSettled([attempt(() => compressor.flush(nothing)), attempt(() => decompressor.endMessage(nothing))])
}

async function attempt(work) {
  await work()
}
