import { describe, expect, it } from 'vitest'
import { noOctets, type Octets } from '../../../src/bytes/octets.ts'
import { webText } from '../../../src/bytes/text.ts'
import type { ExtensionInstance, MessageTransform } from '../../../src/protocol/extending/extension.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { shownValue } from '../../../src/protocol/faults/shown-value.ts'
import { Framer } from '../../../src/protocol/sending/framer.ts'
import { PreparedMessage } from '../../../src/protocol/sending/prepared-message.ts'
import { fakeRuntime } from '../../../src/testing/index.ts'
import { chainOf, outgoing, unmasked } from '../outgoing.ts'
import { framesIn, octetsOf, summary, textOf } from '../wire.ts'

describe('Framer, whole messages', () => {
  it('sends text and binary', () => {
    const { framer, sent } = make()
    framer.putMessage(octets('a'), false, {})
    framer.putMessage(octets('b'), true, {})
    framer.putMessage(noOctets, true, {})
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
      const { framer, sent } = make()
      framer.putMessage(octets('a'.repeat(length)), false, { fragmentSize: 5 })
      expect(sent()).toEqual(frames)
    })
  }

  it('sends strings as their octets, whole and cut', () => {
    const { framer, sent, stats } = make()
    framer.putMessage('grün', false, {})
    framer.putMessage('grün', true, {})
    framer.putMessage('grün', false, { fragmentSize: 3 })
    framer.putMessage('x'.repeat(9000), false, {})
    expect(sent()).toEqual(['1:grün', '2:grün', '1-:gr\ufffd', '0:\ufffdn', `1:${'x'.repeat(9000)}`])
    expect(stats).toMatchObject({ outgoingWebSocketMessages: 4, outgoingOctetsAppLevel: 9015, outgoingOctetsWebSocketLevel: 9015 })
  })

  it('gives strings to extensions as octets', () => {
    const { framer, sent } = make({}, [{ reservedBits: 4, encoder: bracketing }])
    framer.putMessage('ab', false, {})
    expect(sent()).toEqual(['1:<ab>.'])
  })

  it('cuts by the option, unless a message says otherwise', () => {
    const { framer, sent } = make({ autoFragmentSize: 2 })
    framer.putMessage(octets('abc'), false, {})
    framer.putMessage(octets('abc'), false, { fragmentSize: 3 })
    expect(sent()).toEqual(['1-:ab', '0:c', '1:abc'])
  })

  for (const fragmentSize of [0, -1, 1.5, Number.NaN]) {
    it(`refuses a fragment size of ${fragmentSize}, and sends nothing`, () => {
      const { framer, sent } = make()
      expect(() => framer.putMessage(octets('a'), false, { fragmentSize })).toThrow(
        `fragmentSize must be a whole number above 0, and not ${fragmentSize}`,
      )
      expect(sent()).toEqual([])
    })
  }
})

describe('Framer, frame by frame', () => {
  it('sends each frame, and ends with an empty one', () => {
    const { framer, sent } = make()
    framer.openMessage(false, {})
    framer.putFrame(octets('a'), {})
    framer.putFrame(noOctets, {})
    framer.closeMessage()
    expect(sent()).toEqual(['1-:a', '0-:', '0:'])
  })

  it('ends with the last frame itself where it is final', () => {
    const { framer, sent } = make()
    framer.openMessage(true, {})
    framer.putFrame(octets('a'), {})
    framer.putFrame(octets('b'), { final: true })
    framer.openMessage(true, {})
    framer.putFrame(octets('c'), { final: true })
    expect(sent()).toEqual(['2-:a', '0:b', '2:c'])
  })

  it('sends an empty message where nothing but begin and end came', () => {
    const { framer, sent } = make()
    framer.openMessage(false, {})
    framer.closeMessage()
    expect(sent()).toEqual(['1:'])
  })
})

describe('Framer, streaming', () => {
  it('tells how many octets fitted, and how many are missing', () => {
    const { framer, put, sent } = make()
    framer.openMessage(false, {})
    framer.openFrame(10, {})
    expect(framer.isInFrame).toBe(true)
    expect(put('abcd')).toEqual({ taken: 4, missing: 6 })
    expect(put('')).toEqual({ taken: 0, missing: 6 })
    expect(put('efghijklm')).toEqual({ taken: 6, missing: 0 })
    expect(framer.isInFrame).toBe(false)
    framer.openFrame(3, { final: true })
    expect(put('klm')).toEqual({ taken: 3, missing: 0 })
    expect(sent()).toEqual(['1-:abcdefghij', '0:klm'])
  })

  it('completes an empty frame at once, and takes empty data after it', () => {
    const { framer, put, sent } = make()
    framer.openMessage(true, {})
    framer.openFrame(0, {})
    expect(framer.isInFrame).toBe(false)
    expect(put('')).toEqual({ taken: 0, missing: 0 })
    framer.openFrame(0, { final: true })
    expect(sent()).toEqual(['2-:', '0:'])
  })

  it('writes the header at once, also of a frame larger than any memory', () => {
    const { framer, put, wire } = make()
    framer.openMessage(true, {})
    framer.openFrame(2 ** 53 - 1, {})
    expect([...wire()]).toEqual([0x02, 127, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
    expect(put('ab')).toEqual({ taken: 2, missing: 2 ** 53 - 3 })
  })

  it('mixes with whole frames in one message', () => {
    const { framer, sent } = make()
    framer.openMessage(false, {})
    framer.putFrame(octets('a'), {})
    framer.openFrame(1, {})
    framer.putData(octets('b'))
    framer.putFrame(octets('c'), {})
    framer.closeMessage()
    expect(sent()).toEqual(['1-:a', '0-:b', '0-:c', '0:'])
  })

  for (const length of [-1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '3' as unknown as number]) {
    it(`refuses a frame of ${length} octets`, () => {
      const { framer } = make()
      framer.openMessage(true, {})
      expect(() => framer.openFrame(length, {})).toThrow(
        `a frame's length must be a whole number from 0 to 2^53-1, and not ${shownValue(length)}`,
      )
      for (const length of [-1n, 2n ** 63n])
        expect(() => framer.openFrame(length, {})).toThrow(`a frame's length as a bigint must be from 0 to 2^63-1, and not ${length}`)
      expect(framer.isInFrame).toBe(false)
    })
  }
})

describe('Framer, the order of calls', () => {
  const ground = (): void => undefined
  const inMessage = (framer: Framer): boolean => framer.openMessage(true, {})
  const inFrame = (framer: Framer): void => {
    framer.openMessage(true, {})
    framer.openFrame(3, {})
    framer.putData(octets('a'))
  }
  const afterFinal = (framer: Framer): void => {
    framer.openMessage(true, {})
    framer.putFrame(octets('a'), { final: true })
  }
  const prepared = new PreparedMessage(octets('p'), true, {})
  for (const [where, message, go, call] of [
    ['in a message', 'sendMessage inside a message that is not ended', inMessage, (f: Framer) => f.putMessage(noOctets, true, {})],
    ['in a frame', 'sendMessage inside a message that is not ended', inFrame, (f: Framer) => f.putMessage(noOctets, true, {})],
    ['in a message', 'sendPreparedMessage inside a message that is not ended', inMessage, (f: Framer) => f.putPreparedMessage(prepared)],
    ['in a message', 'beginMessage inside a message that is not ended', inMessage, (f: Framer) => f.openMessage(true, {})],
    ['before a message', 'sendMessageFrame needs a message begun by beginMessage', ground, (f: Framer) => f.putFrame(noOctets, {})],
    [
      'after the final frame',
      'sendMessageFrame needs a message begun by beginMessage',
      afterFinal,
      (f: Framer) => f.putFrame(noOctets, {}),
    ],
    ['in a frame', 'sendMessageFrame in a frame that still misses 2 octets', inFrame, (f: Framer) => f.putFrame(noOctets, {})],
    ['before a message', 'beginMessageFrame needs a message begun by beginMessage', ground, (f: Framer) => f.openFrame(1, {})],
    ['in a frame', 'beginMessageFrame in a frame that still misses 2 octets', inFrame, (f: Framer) => f.openFrame(1, {})],
    ['before a message', 'sendMessageFrameData needs a frame begun by beginMessageFrame', ground, (f: Framer) => f.putData(noOctets)],
    ['before a frame', 'sendMessageFrameData needs a frame begun by beginMessageFrame', inMessage, (f: Framer) => f.putData(octets('a'))],
    ['before a message', 'endMessage without a message begun, or after its final frame', ground, (f: Framer) => f.closeMessage()],
    ['after the final frame', 'endMessage without a message begun, or after its final frame', afterFinal, (f: Framer) => f.closeMessage()],
    ['in a frame', 'endMessage in a frame that still misses 2 octets', inFrame, (f: Framer) => f.closeMessage()],
  ] as const) {
    it(`${where}: ${message}`, () => {
      const { framer, wire } = make()
      go(framer)
      wire()
      expect(() => call(framer)).toThrow(expect.objectContaining({ name: 'ApiMisuse', message }))
      expect(wire().length).toBe(0)
    })
  }
})

describe('Framer, reserved bits', () => {
  it('sets bits that an extension has claimed, on any frame', () => {
    const { framer, frames } = make({}, [{ reservedBits: 6 }])
    framer.openMessage(true, {})
    framer.putFrame(octets('a'), { reserved: 2 })
    framer.putFrame(octets('b'), {})
    framer.openFrame(1, { reserved: 6, final: true })
    framer.putData(octets('c'))
    expect(frames().map(({ reserved }) => reserved)).toEqual([2, 0, 6])
  })

  it('refuses other bits, and continues as if the call had not been made', () => {
    const { framer, sent } = make({}, [{ reservedBits: 4, encoder: bracketing }])
    framer.openMessage(true, {})
    for (const reserved of [-1, 8, 1.5]) {
      expect(() => framer.putFrame(octets('x'), { reserved })).toThrow(`reserved bits must be 0 to 7, and not ${reserved}`)
    }
    expect(() => framer.putFrame(octets('x'), { reserved: 1 })).toThrow('reserved bits 1 are not claimed by an extension')
    expect(() => framer.openFrame(1, { reserved: 5 })).toThrow('reserved bits 5 are not claimed by an extension')
    framer.putFrame(octets('a'), { final: true })
    expect(sent()).toEqual(['2:<a>.'])
  })

  it('refuses bits that belong to whole messages on later frames, and lets the first frame have them', () => {
    const { framer, frames } = make({}, [{ reservedBits: 4, decoder: () => undefined }, { reservedBits: 2 }])
    const why = 'reserved bits 4 belong to the first frame of a message, and this is a later one'
    framer.openMessage(true, {})
    framer.putFrame(octets('a'), { reserved: 4 })
    expect(() => framer.putFrame(octets('b'), { reserved: 4 })).toThrow(new ApiMisuse(why))
    expect(() => framer.openFrame(1, { reserved: 6 })).toThrow(new ApiMisuse(why))
    framer.putFrame(octets('b'), { reserved: 2, final: true })
    framer.openMessage(true, {})
    framer.openFrame(0, { reserved: 4 })
    expect(() => framer.openFrame(0, { reserved: 4 })).toThrow(new ApiMisuse(why))
    framer.closeMessage()
    expect(frames().map(({ opcode, reserved }) => ({ opcode, reserved }))).toEqual([
      { opcode: 2, reserved: 4 },
      { opcode: 0, reserved: 2 },
      { opcode: 2, reserved: 4 },
      { opcode: 0, reserved: 0 },
    ])
  })

  it('writes whole frames of other opcodes', () => {
    const { framer, frames } = make()
    framer.putOtherFrame(11, octets('a'), true, 0)
    framer.putOtherFrame(3, octets('b'), false, 5)
    expect(frames().map(({ opcode, isFinal, reserved }) => [opcode, isFinal, reserved])).toEqual([
      [11, true, 0],
      [3, false, 5],
    ])
  })
})

describe('Framer, with an extension that changes lengths', () => {
  it('encodes whole messages, then cuts', () => {
    const { framer, frames } = make({}, [{ reservedBits: 4, encoder: bracketing }])
    framer.putMessage(octets('ab'), false, {})
    framer.putMessage(octets('ab'), false, { fragmentSize: 3 })
    expect(frames().map(({ opcode, reserved, isFinal, payload }) => [opcode, reserved, isFinal, textOf(payload)])).toEqual([
      [1, 4, true, '<ab>.'],
      [1, 4, false, '<ab'],
      [0, 0, true, '>.'],
    ])
  })

  it('encodes frame by frame, flushed, with the bit on the first', () => {
    const { framer, frames } = make({}, [{ reservedBits: 4, encoder: bracketing }])
    framer.openMessage(false, {})
    framer.putFrame(octets('a'), {})
    framer.putFrame(noOctets, {})
    framer.closeMessage()
    expect(frames().map(({ opcode, reserved, isFinal, payload }) => [opcode, reserved, isFinal, textOf(payload)])).toEqual([
      [1, 4, false, '<a>!'],
      [0, 0, false, '!'],
      [0, 0, true, '.'],
    ])
  })

  it('encodes streamed data as it comes, in frames of its own', () => {
    const { framer, put, frames } = make({}, [{ reservedBits: 4, encoder: bracketing }])
    framer.openMessage(false, {})
    framer.openFrame(4, { reserved: 4 })
    expect(put('ab')).toEqual({ taken: 2, missing: 2 })
    expect(put('')).toEqual({ taken: 0, missing: 2 })
    expect(put('cde')).toEqual({ taken: 2, missing: 0 })
    framer.openFrame(1, { final: true })
    expect(put('e')).toEqual({ taken: 1, missing: 0 })
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
    const { framer, sent } = make({}, [{ encoder: holding }])
    framer.openMessage(false, {})
    framer.openFrame(2, {})
    framer.putData(octets('a'))
    expect(sent()).toEqual([])
    framer.putData(octets('b'))
    framer.putFrame(octets('c'), {})
    expect(sent()).toEqual(['1-:', '0-:'])
    framer.closeMessage()
    expect(sent()).toEqual(['0:abc'])
  })

  it('leaves a message as it is where the extension does not want it', () => {
    const { framer, sent } = make({}, [{ encoder: ({ options }) => (options.doNotCompress ? undefined : bracketing()) }])
    framer.putMessage(octets('a'), false, { doNotCompress: true })
    framer.putPreparedMessage(new PreparedMessage(octets('b'), false, { doNotCompress: true }))
    expect(sent()).toEqual(['1:a', '1:b'])
  })

  it('sends nothing of a message whose encoder fails, reports the error once, and throws misuse to the caller', () => {
    const broken = new Error('broken')
    const misuse = new ApiMisuse('not now')
    for (const [error, reported] of [
      [broken, ['ExtensionFailed: extension x failed in its encoder: broken']],
      [misuse, []],
    ] as const) {
      const encoder = (): MessageTransform => {
        throw error
      }
      const { framer, sent, failed, stats } = make({}, [{ encoder }])
      const send = (): boolean => framer.putMessage(octets('a'), false, {})
      if (error === misuse) expect(send).toThrow(misuse)
      else expect(send()).toBe(false)
      expect({ sent: sent(), failed: failed.map(String), counted: stats.outgoingWebSocketMessages }).toEqual({
        sent: [],
        failed: reported,
        counted: 0,
      })
    }
  })

  it('takes nothing of a streamed frame where the encoder fails', () => {
    const encoder = (): MessageTransform => ({
      ...bracketing(),
      write: () => {
        throw new Error('broken')
      },
    })
    const { framer, sent, failed } = make({}, [{ reservedBits: 4, encoder }])
    expect(framer.openMessage(false, {})).toBe(true)
    expect(framer.openFrame(2, {})).toBe(true)
    expect({ taken: framer.putData(octets('ab')), sent: sent(), failed: failed.map(String) }).toEqual({
      taken: 0,
      sent: [],
      failed: ['Error: broken'],
    })
  })

  it('tells the extension of a prepared message that it has made, and not of one that it left as it is', () => {
    let told = 0
    const encoder: ExtensionInstance['encoder'] = ({ options }) => (options.doNotCompress ? undefined : bracketing())
    const { framer, sent } = make({}, [{ reservedBits: 4, encoder, cacheKey: 'k', sharedWasSent: () => void told++ }])
    framer.putPreparedMessage(new PreparedMessage(octets('a'), false, { doNotCompress: true }))
    expect({ sent: sent(), told }).toEqual({ sent: ['1:a'], told: 0 })
    framer.putPreparedMessage(new PreparedMessage(octets('a'), false, {}))
    expect({ sent: sent(), told }).toEqual({ sent: ['1:<a>.'], told: 1 })
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
      const { framer, frames, stats } = make({}, [{ reservedBits: 4, encoder, ...(cacheKey !== undefined && { cacheKey }) }])
      const message = new PreparedMessage(octets('a'), false, {})
      for (let times = 0; times < 3; times++) framer.putPreparedMessage(message)
      expect(made).toBe(encoded)
      expect(frames().map(({ reserved, payload }) => [reserved, textOf(payload)])).toEqual(Array(3).fill([4, '<a>.']))
      expect(stats).toMatchObject({ outgoingWebSocketMessages: 3, outgoingOctetsAppLevel: 3, outgoingOctetsWebSocketLevel: 12 })
    }
  })

  it('masks what it has prepared', () => {
    const { framer, frames } = make({ masks: true }, [{ reservedBits: 4, encoder: bracketing, cacheKey: 'k' }])
    framer.putPreparedMessage(new PreparedMessage(octets('a'), true, {}))
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
  const { clock, stats, batch, sent: wire } = outgoing()
  const failed: unknown[] = []
  const events = { jobWritten: () => undefined, queueEmptied: () => undefined, encodingFailed: (error: unknown) => void failed.push(error) }
  const runtime = { clock, crypto: fakeRuntime().crypto, text: webText }
  const chain = chainOf(...extensions)
  const framer = new Framer({ batch, chain, rules: { ...unmasked, masks }, runtime, stats, source: {}, autoFragmentSize, events })
  return {
    framer,
    put: (text: string) => ({ taken: framer.putData(octets(text)), missing: framer.missing }),
    failed,
    stats,
    wire,
    sent: () => summary(wire()),
    frames: () => framesIn(wire()),
  }
}

function octets(text: string): Octets {
  return Uint8Array.from(octetsOf(text))
}
