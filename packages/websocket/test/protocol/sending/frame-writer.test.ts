import { describe, expect, it } from 'vitest'
import { webText } from '../../../src/bytes/text.ts'
import { FrameWriter, referenceFrom } from '../../../src/protocol/sending/frame-writer.ts'
import { fakeRuntime } from '../../../src/testing/index.ts'
import { outgoing, unmasked } from '../outgoing.ts'
import { counting, framesIn } from '../wire.ts'

describe('FrameWriter', () => {
  it('writes the examples of RFC 6455 §5.7 for a server', () => {
    const { writer, sent } = make()
    writer.writeFrame(0x81, Uint8Array.of(0x48, 0x65, 0x6c, 0x6c, 0x6f))
    expect([...sent()]).toEqual([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])
    writer.writeFrame(0x82, new Uint8Array(256))
    expect([...sent().subarray(0, 4)]).toEqual([0x82, 0x7e, 0x01, 0x00])
    writer.writeFrame(0x82, new Uint8Array(65536))
    expect([...sent().subarray(0, 10)]).toEqual([0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0])
  })

  it('writes the example of RFC 6455 §5.7 for a client', () => {
    const { writer, sent } = make({ masks: true }, [0x37, 0xfa, 0x21, 0x3d])
    writer.writeFrame(0x81, Uint8Array.of(0x48, 0x65, 0x6c, 0x6c, 0x6f))
    expect([...sent()]).toEqual([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58])
  })

  for (const size of [0, 1, referenceFrom - 1, referenceFrom, 3 * referenceFrom]) {
    for (const masks of [true, false]) {
      it(`never changes the caller's ${size} octets, ${masks ? 'masked' : 'unmasked'}`, () => {
        const { writer, sent } = make({ masks })
        const payload = counting(size)
        writer.writeFrame(0x82, payload)
        const [frame] = framesIn(sent())
        expect(frame!.payload).toEqual([...counting(size)])
        expect(payload).toEqual(counting(size))
      })
    }
  }

  it('copies small payloads at once, and sends large ones by reference', () => {
    const { writer, sent } = make()
    const [small, large] = [new Uint8Array(referenceFrom - 1), new Uint8Array(referenceFrom)]
    writer.writeFrame(0x82, small)
    writer.writeFrame(0x82, large)
    small.fill(1)
    large.fill(2)
    expect(framesIn(sent()).map(({ payload }) => payload[0])).toEqual([0, 2])
  })

  it('copies large payloads in memory that may change or shrink under way', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(referenceFrom))
    const resizable = new Uint8Array(Reflect.construct(ArrayBuffer, [referenceFrom, { maxByteLength: 2 * referenceFrom }]) as ArrayBuffer)
    for (const payload of [shared, resizable]) {
      const { writer, sent } = make()
      writer.writeFrame(0x82, payload)
      payload.fill(1)
      expect(framesIn(sent())[0]!.payload[0]).toBe(0)
    }
  })

  for (const masks of [true, false]) {
    for (const text of ['', 'a', 'a'.repeat(125), 'a'.repeat(126), 'ä'.repeat(62), 'ä'.repeat(63), '漢'.repeat(100), '\ud800'.repeat(42)]) {
      const octets = new TextEncoder().encode(text)
      it(`writes a text of ${text.length} letters and ${octets.length} octets, ${masks ? 'masked' : 'unmasked'}, as its octets`, () => {
        const [asText, asOctets] = [make({ masks }, [1, 2, 3, 4]), make({ masks }, [1, 2, 3, 4])]
        expect(asText.writer.takesText(text)).toBe(true)
        expect(asText.writer.writeText(0x81, text, webText)).toBe(octets.length)
        asText.writer.writeText(0x81, 'next', webText)
        asOctets.writer.writeFrame(0x81, octets)
        asOctets.writer.writeFrame(0x81, new TextEncoder().encode('next'))
        expect(asText.sent()).toEqual(asOctets.sent())
        expect(asText.stats).toEqual(asOctets.stats)
      })
    }
  }

  it('masks a text from the beginning of its key, whatever was sent before', () => {
    const { writer, sent } = make({ masks: true }, [1, 2, 3, 4])
    writer.writeFrame(0x82, Uint8Array.of(0, 0, 0))
    writer.writeText(0x81, '\0\0', webText)
    expect([...sent()]).toEqual([0x82, 0x83, 1, 2, 3, 4, 1, 2, 3, 0x81, 0x82, 1, 2, 3, 4, 1, 2])
  })

  it('takes no text for which there may be no room', () => {
    const { writer } = make()
    expect([writer.takesText('a'.repeat(336)), writer.takesText('a'.repeat(337))]).toEqual([true, false])
    const { writer: roomy } = make({}, undefined, {}, true)
    expect([roomy.takesText('a'.repeat(referenceFrom - 1)), roomy.takesText('a'.repeat(referenceFrom))]).toEqual([true, false])
  })

  it('takes a new key for each frame, and keeps it throughout a streamed one', () => {
    const { writer, sent } = make({ masks: true })
    for (let frames = 0; frames < 20; frames++) {
      writer.writeHeader(0x82, 11_003)
      for (const [from, to] of [
        [0, 1],
        [1, 3],
        [3, 10_000],
        [10_000, 11_003],
      ] as const)
        writer.writePayload(counting(11_003).subarray(from, to))
    }
    const frames = framesIn(sent())
    expect(new Set(frames.map(({ key }) => String(key))).size).toBe(20)
    for (const { payload } of frames) expect(payload).toEqual([...counting(11_003)])
  })

  it('sends the mask bit and a key, and an unmasked payload, with applyMask false', () => {
    const { writer, sent } = make({ masks: true, masker: undefined }, [1, 2, 3, 4])
    writer.writeFrame(0x81, Uint8Array.of(0x61))
    expect([...sent()]).toEqual([0x81, 0x81, 1, 2, 3, 4, 0x61])
  })

  it('masks with a key of zeros too', () => {
    const { writer, sent } = make({ masks: true }, [0, 0, 0, 0])
    writer.writeFrame(0x81, counting(referenceFrom))
    expect(framesIn(sent())[0]).toMatchObject({ key: [0, 0, 0, 0], payload: [...counting(referenceFrom)] })
  })

  it('sends a frame that was made before as it is', () => {
    const { writer, stats, sent } = make()
    writer.writePrepared({ first: 0x81, payload: Uint8Array.of(0x61), frame: Uint8Array.of(0x81, 1, 0x61) })
    expect([...sent()]).toEqual([0x81, 1, 0x61])
    expect(stats).toMatchObject({ outgoingWebSocketFrames: 1, outgoingOctetsWebSocketLevel: 1, outgoingOctetsWireLevel: 3 })
  })

  it('counts frames of data, and no control frames', () => {
    const { writer, stats } = make()
    writer.writeFrame(0x89, new Uint8Array(3))
    expect({
      outgoingWebSocketFrames: stats.outgoingWebSocketFrames,
      outgoingOctetsWebSocketLevel: stats.outgoingOctetsWebSocketLevel,
    }).toEqual({ outgoingWebSocketFrames: 0, outgoingOctetsWebSocketLevel: 0 })
    writer.writeFrame(0x02, new Uint8Array(3))
    expect({
      outgoingWebSocketFrames: stats.outgoingWebSocketFrames,
      outgoingOctetsWebSocketLevel: stats.outgoingOctetsWebSocketLevel,
    }).toEqual({ outgoingWebSocketFrames: 1, outgoingOctetsWebSocketLevel: 3 })
  })

  it('shows each frame to a tap, works without one, and ignores what it throws', () => {
    const seen: unknown[] = []
    const source = {}
    const told = make({ wireTap: { frameSent: (header, from) => void seen.push([header, from]) } }, undefined, source)
    told.writer.writeFrame(0x09 | 0x80, new Uint8Array(3))
    told.writer.writePrepared({ first: 0x52, payload: Uint8Array.of(0), frame: Uint8Array.of(0x52, 1, 0) })
    expect(seen).toEqual([
      [{ opcode: 9, isFinal: true, reserved: 0, length: 3 }, source],
      [{ opcode: 2, isFinal: false, reserved: 5, length: 1 }, source],
    ])
    const throwing = make({
      wireTap: {
        frameSent: () => {
          throw new Error('tap')
        },
      },
    })
    throwing.writer.writeFrame(0x81, new Uint8Array(0))
    expect([...throwing.sent()]).toEqual([0x81, 0])
    const empty = make({ wireTap: {} })
    empty.writer.writeFrame(0x81, new Uint8Array(0))
    expect([...empty.sent()]).toEqual([0x81, 0])
  })
})

type Rules = ConstructorParameters<typeof FrameWriter>[1]

function make(rules: Partial<Rules> = {}, key?: readonly number[], source: object = {}, expectsMany = false) {
  const { batch, stats, sent } = outgoing()
  batch.expectsMany = expectsMany
  const { crypto } = fakeRuntime()
  const keys = key === undefined ? crypto : { ...crypto, fillRandom: (target: Uint8Array) => target.set(key) }
  return { writer: new FrameWriter(batch, { ...unmasked, ...rules }, keys, stats, source), stats, sent }
}
