import { constants, createInflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isPromise } from '../../../src/bytes/awaitable.ts'
import { joined, type Octets } from '../../../src/bytes/octets.ts'
import { WorkLane } from '../../../src/bytes/work-lane.ts'
import { Codecs } from '../../../src/extensions/permessage-deflate/codecs.ts'
import { DeflateInstance } from '../../../src/extensions/permessage-deflate/instance.ts'
import type { Direction } from '../../../src/extensions/permessage-deflate/negotiation.ts'
import type { DeflateAgreement } from '../../../src/extensions/permessage-deflate/offer-and-response.ts'
import { nodeRuntime } from '../../../src/node/runtime/node-runtime.ts'
import { streamDeflate } from '../../../src/node/runtime/stream-deflate.ts'
import { makeSyncDeflate } from '../../../src/node/runtime/sync-deflate.ts'
import { ZlibHandle } from '../../../src/node/runtime/zlib-handle.ts'
import type { MessageTransform } from '../../../src/protocol/extending/extension.ts'
import { encodePiece, Piece } from '../../../src/protocol/sending/encode-piece.ts'
import { CountedDeflate } from './counted-deflate.ts'

const hello = octets('hello hello hello, and hello again')

describe('DeflateInstance, sending', () => {
  it('refers to the messages before where the context is kept, and not where it is not', () => {
    for (const noContextTakeover of [false, true]) {
      const { instance } = make({ own: { windowBits: 15, noContextTakeover } })
      const lengths = [encoded(instance), encoded(instance)].map(body => body.length)
      expect(lengths[1]! < lengths[0]!).toBe(!noContextTakeover)
    }
  })

  it('compresses messages by themselves where others have the contexts that there may be', () => {
    const codecs = new Codecs(new CountedDeflate(), 1)
    const agreement = { own: { windowBits: 15, noContextTakeover: false }, peer: { windowBits: 15, noContextTakeover: false } }
    const settings = { level: 6, memLevel: 8, threshold: 0 }
    const [busy, other] = [new DeflateInstance(codecs, { ...agreement, settings }), new DeflateInstance(codecs, { ...agreement, settings })]
    const [peerOfBusy, peerOfOther] = [new Peer(), new Peer()]
    const lengths = [0, 1, 2]
      .map(() => [encoded(busy), encoded(other)] as const)
      .map(([ofBusy, ofOther]) => {
        expect([peerOfBusy.read(ofBusy), peerOfOther.read(ofOther)]).toEqual([text(hello), text(hello)])
        return [ofBusy.length, ofOther.length] as const
      })
    expect(lengths[1]![0] < lengths[0]![0]).toBe(true)
    expect(new Set(lengths.map(([, ofOther]) => ofOther))).toEqual(new Set([lengths[0]![0]]))
    busy.close()
    other.close()
  })

  it('leaves messages as they are that are small, or not to be compressed', () => {
    const { instance, deflate } = make({ settings: { level: 6, memLevel: 8, threshold: 100 } })
    expect(instance.encoder({ isBinary: true, options: {}, length: 99, isShared: false })).toBeUndefined()
    expect(instance.encoder({ isBinary: true, options: { doNotCompress: true }, length: 1000, isShared: false })).toBeUndefined()
    expect(deflate.made).toBe(0)
    expect(instance.encoder({ isBinary: true, options: {}, length: undefined, isShared: false })?.reserved).toBe(4)
    instance.close()
  })

  it('makes a compressor for a large message when its turn has come, and none once its connection has closed', async () => {
    for (const isShared of [false, true]) {
      const deflate = new CountedDeflate()
      const codecs = new Codecs(deflate, 0, undefined, new WorkLane())
      const direction = { windowBits: 15, noContextTakeover: true }
      const settings = { level: 1, memLevel: 8, threshold: 0 }
      const instances = Array.from({ length: 10 }, () => new DeflateInstance(codecs, { own: direction, peer: direction, settings }))
      const payload = new Uint8Array(2 * 1024 * 1024)
      let finished = 0
      const work = instances.map(async instance => {
        const encoder = instance.encoder({ isBinary: true, options: {}, length: payload.length, isShared, isWhole: true })!
        await encodePiece(encoder, payload, Piece.Final, () => undefined, nodeRuntime.clock)
        finished++
      })
      for (const instance of instances.slice(5)) instance.close()
      await Promise.all(work)
      // what is made for many is made also where the connection that asked for it has ended
      expect({ made: deflate.made, open: deflate.open.size, finished, isBusy: codecs.deflating.isBusy }).toEqual({
        made: 1,
        open: 1,
        finished: 10,
        isBusy: false,
      })
    }
  })

  it('does not wait for a turn with a message that is not there as a whole', () => {
    const codecs = new Codecs(new CountedDeflate(), 0, undefined, new WorkLane())
    const direction = { windowBits: 15, noContextTakeover: true }
    const instance = new DeflateInstance(codecs, { own: direction, peer: direction, settings: { level: 1, memLevel: 8, threshold: 0 } })
    for (const isWhole of [false, undefined]) {
      const message = { isBinary: true, options: {}, length: 100_000, isShared: false }
      const encoder = instance.encoder(isWhole === undefined ? message : { ...message, isWhole })!
      encoder.write(new Uint8Array(1000), () => undefined)
      expect(codecs.deflating.isBusy).toBe(false)
    }
    instance.close()
  })

  it('does not compress for a window of 8 bits, which zlib does not support', () => {
    const { instance } = make({ own: { windowBits: 8, noContextTakeover: false } })
    expect(instance.encoder({ isBinary: true, options: {}, length: 1000, isShared: false })).toBeUndefined()
  })

  it('flushes where frames end, so that the peer has all of them', () => {
    const { instance } = make()
    const transform = instance.encoder({ isBinary: true, options: {}, length: undefined, isShared: false })!
    const sent: Octets[] = []
    const emit = (piece: Octets): void => void sent.push(Uint8Array.from(piece))
    transform.write(hello, emit)
    transform.flush!(emit)
    expect(String(inflateRawSync(joined(sent), { finishFlush: constants.Z_SYNC_FLUSH }))).toBe(text(hello))
    transform.end(emit)
    expect([...joined(sent).subarray(-5)]).toEqual([0, 0, 255, 255, 0])
    instance.close()
  })

  it('forgets its context when a message was sent that was made for many', async () => {
    const { instance } = make()
    const peer = new Peer()
    const shared = encoded(instance, hello, true)
    for (const body of [encoded(instance), shared, shared]) expect(peer.read(body)).toBe(text(hello))
    instance.sharedWasSent()
    for (let sent = 0; sent < 2; sent++) expect(peer.read(encoded(instance))).toBe(text(hello))
    instance.close()
  })

  it('says what its shared messages depend on', () => {
    expect(make().instance.cacheKey).toBe('15 6 8 0')
    expect(make({ own: { windowBits: 9, noContextTakeover: true } }).instance.cacheKey).toBe('9 6 8 0')
  })
})

describe('DeflateInstance, receiving', () => {
  it('leaves messages as they are that have no RSV1', () => {
    expect(make().instance.decoder({ opcode: 1, isFinal: true, reserved: 0, length: 1 }, false)).toBeUndefined()
  })

  it('keeps a decompressor with context takeover, and shares one without', () => {
    const body = deflateRawSync(hello, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    const { instance, deflate } = make()
    expect([decoded(instance, body), decoded(instance, body)]).toEqual([text(hello), text(hello)])
    expect(deflate.open.size).toBe(1)
    instance.close()
    expect(deflate.open.size).toBe(0)
    const sharing = make({ peer: { windowBits: 15, noContextTakeover: true } })
    expect([decoded(sharing.instance, body), decoded(sharing.instance, body)]).toEqual([text(hello), text(hello)])
    sharing.instance.close()
    expect([sharing.deflate.made, sharing.deflate.open.size]).toEqual([1, 1])
  })
})

describe('DeflateInstance, closed in the middle', () => {
  it('closes all codecs that it holds, once', () => {
    const { instance, deflate } = make({ own: sharing, peer: sharing })
    const encoder = instance.encoder({ isBinary: true, options: {}, length: undefined, isShared: false })!
    const decoder = instance.decoder({ opcode: 2, isFinal: true, reserved: 4, length: 1 }, false)!
    encoder.write(hello, () => undefined)
    instance.close()
    expect(deflate.open.size).toBe(0)
    encoder.end(() => undefined)
    decoder.end(() => undefined)
    expect(deflate.open.size).toBe(0)
    expect(instance.encoder({ isBinary: true, options: {}, length: 1000, isShared: false })).toBeUndefined()
  })

  it('goes on with a message for many, which others wait for', async () => {
    for (const deflate of [makeSyncDeflate()!, streamDeflate]) {
      const direction = { windowBits: 15, noContextTakeover: false }
      const settings = { level: 6, memLevel: 8, threshold: 0 }
      const instance = new DeflateInstance(new Codecs(deflate, 10), { own: direction, peer: direction, settings })
      const encoder = instance.encoder({ isBinary: true, options: {}, length: 2 * hello.length, isShared: true })!
      const sent: Octets[] = []
      const emit = (piece: Octets): void => void sent.push(Uint8Array.from(piece))
      await encoder.write(hello, emit)
      const work = encoder.write(hello, emit)
      instance.close()
      await work
      await encoder.end(emit)
      expect(String(inflateRawSync(joined(sent), { finishFlush: constants.Z_SYNC_FLUSH }))).toBe(text(hello) + text(hello))
    }
  })

  it('closes the codecs of its own', () => {
    const { instance, deflate } = make()
    encoded(instance)
    expect(instance.isCompressing).toBe(false)
    instance.encoder({ isBinary: true, options: {}, length: undefined, isShared: false })
    expect(instance.isCompressing).toBe(true)
    instance.decoder({ opcode: 2, isFinal: true, reserved: 4, length: 1 }, false)
    expect(deflate.open.size).toBe(2)
    instance.close()
    expect(deflate.open.size).toBe(0)
  })
})

const sharing: Direction = { windowBits: 15, noContextTakeover: true }

function make(agreement: Partial<DeflateAgreement> = {}): { instance: DeflateInstance; deflate: CountedDeflate } {
  const deflate = new CountedDeflate()
  const direction = { windowBits: 15, noContextTakeover: false }
  const settings = { level: 6, memLevel: 8, threshold: 0 }
  return { deflate, instance: new DeflateInstance(new Codecs(deflate, 10), { own: direction, peer: direction, settings, ...agreement }) }
}

function encoded(instance: DeflateInstance, payload = hello, isShared = false): Octets {
  return run(instance.encoder({ isBinary: true, options: {}, length: payload.length, isShared })!, payload)
}

function decoded(instance: DeflateInstance, body: Octets): string {
  return text(run(instance.decoder({ opcode: 1, isFinal: true, reserved: 4, length: body.length }, false)!, body))
}

function run(transform: MessageTransform, payload: Octets): Octets {
  const pieces: Octets[] = []
  const emit = (piece: Octets): void => void pieces.push(Uint8Array.from(piece))
  expect([transform.write(payload, emit), transform.end(emit)].some(isPromise)).toBe(false)
  return joined(pieces)
}

/** Remembers what it was sent, as a peer with context takeover does. */
class Peer {
  readonly #handle = new ZlibHandle(createInflateRaw())

  read(body: Octets): string {
    const input = Uint8Array.from([...body, 0, 0, 255, 255])
    const output = new Uint8Array(10_000)
    this.#handle.run(constants.Z_SYNC_FLUSH, input, 0, input.length, output)
    expect(this.#handle.error).toBeUndefined()
    return text(output.subarray(0, output.length - this.#handle.outputLeft))
  }
}

function octets(content: string): Octets {
  return new TextEncoder().encode(content)
}

function text(content: Octets): string {
  return new TextDecoder().decode(content)
}
