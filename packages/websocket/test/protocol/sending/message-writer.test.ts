import { describe, expect, it } from 'vitest'
import { scalarMasker } from '../../../src/bytes/masker.ts'
import { noOctets, type Octets } from '../../../src/bytes/octets.ts'
import { webText } from '../../../src/bytes/text.ts'
import type { ExtensionInstance, MessageTransform } from '../../../src/protocol/extending/extension.ts'
import { ExtensionChain } from '../../../src/protocol/extending/extension-chain.ts'
import { shownValue } from '../../../src/protocol/faults/shown-value.ts'
import { TrafficStats } from '../../../src/protocol/life/traffic-stats.ts'
import { EncodingQueue } from '../../../src/protocol/sending/encoding-queue.ts'
import { FrameWriter } from '../../../src/protocol/sending/frame-writer.ts'
import { MessageWriter } from '../../../src/protocol/sending/message-writer.ts'
import { OutgoingBatch, ScratchPool } from '../../../src/protocol/sending/outgoing-batch.ts'
import { PreparedMessage } from '../../../src/protocol/sending/prepared-message.ts'
import { FakeClock, fakeRuntime } from '../../../src/testing/index.ts'
import { FakeStream } from '../fake-stream.ts'
import { framesIn, octetsOf, summary, textOf } from '../wire.ts'

describe('MessageWriter, whole messages', () => {
  it('sends text and binary', () => {
    const { writer, sent } = make()
    writer.message(octets('a'), false, {})
    writer.message(octets('b'), true, {})
    writer.message(noOctets, true, {})
    expect(sent()).toEqual(['1:a', '2:b', '2:'])
  })

  for (const [length, frames] of [
    [0, ['1:']],
    [4, ['1:aaaa']],
    [5, ['1:aaaaa']],
    [6, ['1-:aaaaa', '0:a']],
    [10, ['1-:aaaaa', '0:aaaaa']],
    [11, ['1-:aaaaa', '0-:aaaaa', '0:a']],
  ] as const) {
    it(`cuts ${length} octets into fragments of 5, and adds no empty one`, () => {
      const { writer, sent } = make()
      writer.message(octets('a'.repeat(length)), false, { fragmentSize: 5 })
      expect(sent()).toEqual(frames)
    })
  }

  it('sends strings as their octets, whole and cut', () => {
    const { writer, sent, stats } = make()
    writer.message('grün', false, {})
    writer.message('grün', true, {})
    writer.message('grün', false, { fragmentSize: 3 })
    writer.message('x'.repeat(9000), false, {})
    expect(sent()).toEqual(['1:grün', '2:grün', '1-:gr\ufffd', '0:\ufffdn', `1:${'x'.repeat(9000)}`])
    expect(stats).toMatchObject({ outgoingWebSocketMessages: 4, outgoingOctetsAppLevel: 9015, outgoingOctetsWebSocketLevel: 9015 })
  })

  it('gives strings to extensions as octets', () => {
    const { writer, sent } = make({}, [{ reservedBits: 4, encoder: bracketing }])
    writer.message('ab', false, {})
    expect(sent()).toEqual(['1:<ab>.'])
  })

  it('cuts by the option, unless a message says otherwise', () => {
    const { writer, sent } = make({ autoFragmentSize: 2 })
    writer.message(octets('abc'), false, {})
    writer.message(octets('abc'), false, { fragmentSize: 3 })
    expect(sent()).toEqual(['1-:ab', '0:c', '1:abc'])
  })

  for (const fragmentSize of [0, -1, 1.5, Number.NaN]) {
    it(`refuses a fragment size of ${fragmentSize}, and sends nothing`, () => {
      const { writer, sent } = make()
      expect(() => writer.message(octets('a'), false, { fragmentSize })).toThrow(
        `fragmentSize must be a whole number above 0, and not ${fragmentSize}`,
      )
      expect(sent()).toEqual([])
    })
  }
})

describe('MessageWriter, frame by frame', () => {
  it('sends each frame, and ends with an empty one', () => {
    const { writer, sent } = make()
    writer.begin(false, {})
    writer.frame(octets('a'), {})
    writer.frame(noOctets, {})
    writer.end()
    expect(sent()).toEqual(['1-:a', '0-:', '0:'])
  })

  it('ends with the last frame itself where it is final', () => {
    const { writer, sent } = make()
    writer.begin(true, {})
    writer.frame(octets('a'), {})
    writer.frame(octets('b'), { final: true })
    writer.begin(true, {})
    writer.frame(octets('c'), { final: true })
    expect(sent()).toEqual(['2-:a', '0:b', '2:c'])
  })

  it('sends an empty message where nothing but begin and end came', () => {
    const { writer, sent } = make()
    writer.begin(false, {})
    writer.end()
    expect(sent()).toEqual(['1:'])
  })
})

describe('MessageWriter, streaming', () => {
  it('tells how many octets are missing, or how many did not fit', () => {
    const { writer, sent } = make()
    writer.begin(false, {})
    writer.beginFrame(10, {})
    expect(writer.isInFrame).toBe(true)
    expect(writer.frameData(octets('abcd'))).toBe(6)
    expect(writer.frameData(noOctets)).toBe(6)
    expect(writer.frameData(octets('efghijklm'))).toBe(-3)
    expect(writer.isInFrame).toBe(false)
    writer.beginFrame(3, { final: true })
    expect(writer.frameData(octets('klm'))).toBe(0)
    expect(sent()).toEqual(['1-:abcdefghij', '0:klm'])
  })

  it('completes an empty frame at once, and takes empty data after it', () => {
    const { writer, sent } = make()
    writer.begin(true, {})
    writer.beginFrame(0, {})
    expect(writer.isInFrame).toBe(false)
    expect(writer.frameData(noOctets)).toBe(0)
    writer.beginFrame(0, { final: true })
    expect(sent()).toEqual(['2-:', '0:'])
  })

  it('writes the header at once, also of a frame larger than any memory', () => {
    const { writer, wire } = make()
    writer.begin(true, {})
    writer.beginFrame(2 ** 53 - 1, {})
    expect([...wire()]).toEqual([0x02, 127, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
    expect(writer.frameData(octets('ab'))).toBe(2 ** 53 - 3)
  })

  it('mixes with whole frames in one message', () => {
    const { writer, sent } = make()
    writer.begin(false, {})
    writer.frame(octets('a'), {})
    writer.beginFrame(1, {})
    writer.frameData(octets('b'))
    writer.frame(octets('c'), {})
    writer.end()
    expect(sent()).toEqual(['1-:a', '0-:b', '0-:c', '0:'])
  })

  for (const length of [-1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '3' as unknown as number]) {
    it(`refuses a frame of ${length} octets`, () => {
      const { writer } = make()
      writer.begin(true, {})
      expect(() => writer.beginFrame(length, {})).toThrow(
        `a frame's length must be a whole number from 0 to 2^53-1, and not ${shownValue(length)}`,
      )
      for (const length of [-1n, 2n ** 63n])
        expect(() => writer.beginFrame(length, {})).toThrow(`a frame's length as a bigint must be from 0 to 2^63-1, and not ${length}`)
      expect(writer.isInFrame).toBe(false)
    })
  }
})

describe('MessageWriter, the order of calls', () => {
  const ground = (): void => undefined
  const inMessage = (writer: MessageWriter): void => writer.begin(true, {})
  const inFrame = (writer: MessageWriter): void => {
    writer.begin(true, {})
    writer.beginFrame(3, {})
    writer.frameData(octets('a'))
  }
  const afterFinal = (writer: MessageWriter): void => {
    writer.begin(true, {})
    writer.frame(octets('a'), { final: true })
  }
  const prepared = new PreparedMessage(octets('p'), true, {})
  for (const [where, message, go, call] of [
    ['in a message', 'sendMessage inside a message that is not ended', inMessage, (w: MessageWriter) => w.message(noOctets, true, {})],
    ['in a frame', 'sendMessage inside a message that is not ended', inFrame, (w: MessageWriter) => w.message(noOctets, true, {})],
    ['in a message', 'sendPreparedMessage inside a message that is not ended', inMessage, (w: MessageWriter) => w.prepared(prepared)],
    ['in a message', 'beginMessage inside a message that is not ended', inMessage, (w: MessageWriter) => w.begin(true, {})],
    ['before a message', 'sendMessageFrame needs a message begun by beginMessage', ground, (w: MessageWriter) => w.frame(noOctets, {})],
    [
      'after the final frame',
      'sendMessageFrame needs a message begun by beginMessage',
      afterFinal,
      (w: MessageWriter) => w.frame(noOctets, {}),
    ],
    ['in a frame', 'sendMessageFrame in a frame that still misses 2 octets', inFrame, (w: MessageWriter) => w.frame(noOctets, {})],
    ['before a message', 'beginMessageFrame needs a message begun by beginMessage', ground, (w: MessageWriter) => w.beginFrame(1, {})],
    ['in a frame', 'beginMessageFrame in a frame that still misses 2 octets', inFrame, (w: MessageWriter) => w.beginFrame(1, {})],
    [
      'before a message',
      'sendMessageFrameData needs a frame begun by beginMessageFrame',
      ground,
      (w: MessageWriter) => w.frameData(noOctets),
    ],
    [
      'before a frame',
      'sendMessageFrameData needs a frame begun by beginMessageFrame',
      inMessage,
      (w: MessageWriter) => w.frameData(octets('a')),
    ],
    ['before a message', 'endMessage without a message begun, or after its final frame', ground, (w: MessageWriter) => w.end()],
    ['after the final frame', 'endMessage without a message begun, or after its final frame', afterFinal, (w: MessageWriter) => w.end()],
    ['in a frame', 'endMessage in a frame that still misses 2 octets', inFrame, (w: MessageWriter) => w.end()],
  ] as const) {
    it(`${where}: ${message}`, () => {
      const { writer, wire } = make()
      go(writer)
      wire()
      expect(() => call(writer)).toThrow(expect.objectContaining({ name: 'ApiMisuse', message }))
      expect(wire().length).toBe(0)
    })
  }
})

describe('MessageWriter, reserved bits', () => {
  it('sets bits that an extension has claimed, on any frame', () => {
    const { writer, frames } = make({}, [{ reservedBits: 6 }])
    writer.begin(true, {})
    writer.frame(octets('a'), { reserved: 2 })
    writer.frame(octets('b'), {})
    writer.beginFrame(1, { reserved: 6, final: true })
    writer.frameData(octets('c'))
    expect(frames().map(({ reserved }) => reserved)).toEqual([2, 0, 6])
  })

  it('refuses others, and goes on as if nothing had been asked', () => {
    const { writer, sent } = make({}, [{ reservedBits: 4, encoder: bracketing }])
    writer.begin(true, {})
    for (const reserved of [-1, 8, 1.5]) {
      expect(() => writer.frame(octets('x'), { reserved })).toThrow(`reserved bits must be 0 to 7, and not ${reserved}`)
    }
    expect(() => writer.frame(octets('x'), { reserved: 1 })).toThrow('reserved bits 1 are not claimed by an extension')
    expect(() => writer.beginFrame(1, { reserved: 5 })).toThrow('reserved bits 5 are not claimed by an extension')
    writer.frame(octets('a'), { final: true })
    expect(sent()).toEqual(['2:<a>.'])
  })

  it('writes whole frames of other opcodes', () => {
    const { writer, frames } = make()
    writer.whole(11, octets('a'), true, 0)
    writer.whole(3, octets('b'), false, 5)
    expect(frames().map(({ opcode, isFinal, reserved }) => [opcode, isFinal, reserved])).toEqual([
      [11, true, 0],
      [3, false, 5],
    ])
  })
})

describe('MessageWriter, with an extension that changes lengths', () => {
  it('encodes whole messages, then cuts', () => {
    const { writer, frames } = make({}, [{ reservedBits: 4, encoder: bracketing }])
    writer.message(octets('ab'), false, {})
    writer.message(octets('ab'), false, { fragmentSize: 3 })
    expect(frames().map(({ opcode, reserved, isFinal, payload }) => [opcode, reserved, isFinal, textOf(payload)])).toEqual([
      [1, 4, true, '<ab>.'],
      [1, 4, false, '<ab'],
      [0, 0, true, '>.'],
    ])
  })

  it('encodes frame by frame, flushed, with the bit on the first', () => {
    const { writer, frames } = make({}, [{ reservedBits: 4, encoder: bracketing }])
    writer.begin(false, {})
    writer.frame(octets('a'), {})
    writer.frame(noOctets, {})
    writer.end()
    expect(frames().map(({ opcode, reserved, isFinal, payload }) => [opcode, reserved, isFinal, textOf(payload)])).toEqual([
      [1, 4, false, '<a>!'],
      [0, 0, false, '!'],
      [0, 0, true, '.'],
    ])
  })

  it('encodes streamed data as it comes, in frames of its own', () => {
    const { writer, frames } = make({}, [{ reservedBits: 4, encoder: bracketing }])
    writer.begin(false, {})
    writer.beginFrame(4, { reserved: 4 })
    expect(writer.frameData(octets('ab'))).toBe(2)
    expect(writer.frameData(noOctets)).toBe(2)
    expect(writer.frameData(octets('cde'))).toBe(-1)
    writer.beginFrame(1, { final: true })
    expect(writer.frameData(octets('e'))).toBe(0)
    expect(frames().map(({ opcode, reserved, isFinal, payload }) => [opcode, reserved, isFinal, textOf(payload)])).toEqual([
      [1, 4, false, '<ab>'],
      [0, 0, false, '<cd>!'],
      [0, 0, true, '<e>.'],
    ])
  })

  it('sends nothing while the extension holds everything back', () => {
    const holding = (): MessageTransform => {
      let held = ''
      return {
        reserved: 0,
        write: data => {
          held += textOf(data)
        },
        end: emit => emit(octets(held)),
      }
    }
    const { writer, sent } = make({}, [{ encoder: holding }])
    writer.begin(false, {})
    writer.beginFrame(2, {})
    writer.frameData(octets('a'))
    expect(sent()).toEqual([])
    writer.frameData(octets('b'))
    writer.frame(octets('c'), {})
    expect(sent()).toEqual(['1-:', '0-:'])
    writer.end()
    expect(sent()).toEqual(['0:abc'])
  })

  it('leaves a message as it is where the extension does not want it', () => {
    const { writer, sent } = make({}, [{ encoder: ({ options }) => (options.doNotCompress ? undefined : bracketing()) }])
    writer.message(octets('a'), false, { doNotCompress: true })
    writer.prepared(new PreparedMessage(octets('b'), false, { doNotCompress: true }))
    expect(sent()).toEqual(['1:a', '1:b'])
  })

  it('tells the extension of a prepared message that it has made, and not of one that it left as it is', () => {
    let told = 0
    const encoder: ExtensionInstance['encoder'] = ({ options }) => (options.doNotCompress ? undefined : bracketing())
    const { writer, sent } = make({}, [{ reservedBits: 4, encoder, cacheKey: 'k', sharedWasSent: () => void told++ }])
    writer.prepared(new PreparedMessage(octets('a'), false, { doNotCompress: true }))
    expect([sent(), told]).toEqual([['1:a'], 0])
    writer.prepared(new PreparedMessage(octets('a'), false, {}))
    expect([sent(), told]).toEqual([['1:<a>.'], 1])
  })

  it('encodes a prepared message once where the key allows it, else each time', () => {
    for (const [cacheKey, encoded] of [
      ['k', 1],
      [undefined, 3],
    ] as const) {
      let made = 0
      const encoder = (): MessageTransform => {
        made++
        return bracketing()
      }
      const { writer, frames, stats } = make({}, [{ reservedBits: 4, encoder, ...(cacheKey !== undefined && { cacheKey }) }])
      const message = new PreparedMessage(octets('a'), false, {})
      for (let times = 0; times < 3; times++) writer.prepared(message)
      expect(made).toBe(encoded)
      expect(frames().map(({ reserved, payload }) => [reserved, textOf(payload)])).toEqual(Array(3).fill([4, '<a>.']))
      expect(stats).toMatchObject({ outgoingWebSocketMessages: 3, outgoingOctetsAppLevel: 3, outgoingOctetsWebSocketLevel: 12 })
    }
  })

  it('masks what it has prepared', () => {
    const { writer, frames } = make({ masks: true }, [{ reservedBits: 4, encoder: bracketing, cacheKey: 'k' }])
    writer.prepared(new PreparedMessage(octets('a'), true, {}))
    const [frame] = frames()
    expect([frame!.key !== undefined, frame!.opcode, textOf(frame!.payload)]).toEqual([true, 2, '<a>.'])
  })
})

/** Brackets each piece, and marks flush with `!` and the end with `.`. */
function bracketing(): MessageTransform {
  return {
    reserved: 4,
    write: (data, emit) => emit(Uint8Array.from([...octets('<'), ...data, ...octets('>')])),
    flush: emit => emit(octets('!')),
    end: emit => emit(octets('.')),
  }
}

function make(options: { autoFragmentSize?: number; masks?: boolean } = {}, extensions: readonly Partial<ExtensionInstance>[] = []) {
  const { autoFragmentSize = 0, masks = false } = options
  const stats = new TrafficStats()
  const clock = new FakeClock()
  const stream = new FakeStream(clock)
  const batch = new OutgoingBatch(stream, new ScratchPool(), stats, undefined, error => {
    throw error
  })
  const frameWriter = new FrameWriter(batch, { masks, masker: scalarMasker, wireTap: undefined }, fakeRuntime().crypto, stats, {})
  const instances = extensions.map(instance => ({ reservedBits: 0, opcodes: [], close: () => undefined, ...instance }))
  const chain = new ExtensionChain(instances.map(instance => ({ name: 'x', parameters: new Map(), instance })))
  const events = { written: () => undefined, idle: () => undefined, encodingFailed: () => undefined }
  const encodings = chain.hasEncoder ? new EncodingQueue(events) : undefined
  const wire = (): Octets => {
    batch.flush()
    return stream.sent()
  }
  return {
    writer: new MessageWriter(frameWriter, chain, stats, autoFragmentSize, masks, encodings, { clock, text: webText }),
    stats,
    wire,
    sent: () => summary(wire()),
    frames: () => framesIn(wire()),
  }
}

function octets(text: string): Octets {
  return Uint8Array.from(octetsOf(text))
}
