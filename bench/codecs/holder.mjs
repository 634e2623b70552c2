// Makes codecs of one kind, as the library does for a connection that keeps its context, and gives each a number of messages.
import { createHash } from 'node:crypto'
import * as brotli from '../../examples/permessage-brotli/codecs.mjs'
import { nodeDeflate } from '../../packages/websocket/dist/node/runtime/node-deflate.js'
import { answering } from '../lines.mjs'
import { json } from '../loads/contents.mjs'

const kind = JSON.parse(process.argv[2])
const level = 6
const messages = Array.from({ length: 100 }, (_, at) => message(at))
const work = worksOf(kind)[kind.holds]
const given = work.use === compress ? messages : await compressed(kind)
const held = new Set()
const forgotten = []

answering({
  make({ count }) {
    for (let made = 0; made < count; made++) held.add({ codec: work.make(), at: 0 })
  },
  /** Gives the codecs that were made last their next messages. */
  async speak({ times }) {
    for (const one of held) {
      for (let time = 0; time < times; time++) await work.use(one.codec, given[one.at++ % given.length])
    }
  },
  /** Keeps the codecs made so far without further messages, so that memory that they have freed is not used for the next ones. */
  forget() {
    forgotten.push(...held)
    held.clear()
  },
})

/** Returns functions that make a codec of a kind and give it one message. */
function worksOf({ windowBits, memLevel, quality, lgwin }) {
  return {
    compressor: { make: () => nodeDeflate.compressor({ windowBits, memLevel, level }), use: compress },
    decompressor: { make: () => nodeDeflate.decompressor(windowBits), use: inflate },
    brotliCompressor: { make: () => new brotli.Compressor(quality, lgwin), use: compress },
    brotliDecompressor: { make: () => new brotli.Decompressor(lgwin), use: (codec, octets) => codec.write(octets, ignore) },
  }
}

async function compress(compressor, octets, emit = ignore) {
  await compressor.write(octets, emit)
  await compressor.flush(emit)
}

async function inflate(decompressor, octets) {
  await decompressor.write(octets.subarray(0, -4), ignore)
  await decompressor.endMessage(ignore)
}

/** Compresses the messages with one compressor, in order, with the window of the decompressors. */
async function compressed({ holds, windowBits, quality, lgwin }) {
  const isBrotli = holds === 'brotliDecompressor'
  const compressor = isBrotli ? new brotli.Compressor(quality, lgwin) : nodeDeflate.compressor({ windowBits, memLevel: 8, level })
  const all = []
  for (const octets of messages) {
    const pieces = []
    await compress(compressor, octets, piece => {
      pieces.push(Buffer.from(piece))
    })
    all.push(Buffer.concat(pieces))
  }
  compressor.close()
  return all
}

/** Returns 400 octets of JSON, a part of which differs from message to message. */
function message(at) {
  const own = createHash('sha256').update(String(at)).digest('hex')
  return Buffer.concat([json(400 - own.length), Buffer.from(own)])
}

function ignore() {}
