import { constants, deflateRawSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { Deflate } from '../../src/bytes/deflate.ts'
import { choicesByOptions } from '../../src/extensions/permessage-deflate/choices.ts'
import { perMessageDeflateOptions } from '../../src/extensions/permessage-deflate/options.ts'
import { PerMessageDeflate } from '../../src/extensions/permessage-deflate/permessage-deflate.ts'
import { streamDeflate } from '../../src/node/runtime/stream-deflate.ts'
import { makeSyncDeflate } from '../../src/node/runtime/sync-deflate.ts'
import { defaultsOf } from '../../src/protocol/options/option-table.ts'
import { upgradeRequest } from '../fixtures/echo.ts'
import { until } from '../fixtures/until.ts'
import { Attacker, frame } from './attacker.ts'
import { Victim } from './victim.ts'

afterEach(async () => {
  Attacker.endAll()
  await Victim.endAll()
})

const deflates: readonly (readonly [string, Deflate])[] = [
  ['at once', makeSyncDeflate()!],
  ['by zlib’s streams', streamDeflate],
]

/** RSV1, a text or a binary, final. */
const compressedText = 0xc1
const compressedBinary = 0xc2

for (const [how, deflate] of deflates) {
  describe(`a bomb, ${how}`, () => {
    for (const [what, pieces] of [
      ['in one frame', 1],
      ['in many fragments', 50],
    ] as const) {
      it(`is stopped at the limit ${what}, whatever it would become`, async () => {
        const { attacker } = await within(deflate)
        const bomb = deflated(new Uint8Array(256 * MiB))
        const before = process.memoryUsage().rss
        for (const octets of fragments(compressedBinary, bomb, pieces)) attacker.socket.write(octets)
        expect(await attacker.failed()).toMatch(/^1009 message of \d+ octets is above the limit of 1048576/)
        expect(process.memoryUsage().rss - before).toBeLessThan(64 * MiB)
      })
    }

    it('gains nothing by referring to the messages before', async () => {
      const { attacker, victim } = await within(deflate, { maxMessagePayloadSize: 100_000 })
      for (let sent = 0; sent < 5; sent++) attacker.socket.write(frame(compressedBinary, deflated(new Uint8Array(99_000))))
      attacker.socket.write(frame(compressedBinary, deflated(new Uint8Array(100_001))))
      expect(await attacker.failed()).toMatch(/^1009 message of \d+ octets is above the limit of 100000$/)
      expect(victim.factory.messages).toEqual([99_000, 99_000, 99_000, 99_000, 99_000])
    })

    it('lets others speak while it is looked at', async () => {
      const { attacker, victim } = await within(deflate, { maxMessagePayloadSize: 0, maxFramePayloadSize: 0 })
      const witness = await Attacker.within(victim.port, upgradeRequest())
      attacker.socket.write(frame(compressedBinary, deflated(words(32 * MiB))))
      witness.socket.write(frame(0x81, 'alive'))
      await until(() => witness.received.length > 0)
      expect(victim.factory.messages).toEqual([5])
    })
  })

  describe(`a compressed message, ${how}`, () => {
    for (const [what, octets, answer] of [
      ['on a ping', frame(0xc9, ''), '1002 reserved bits 4 on a control frame'],
      ['on a close frame', frame(0xc8, ''), '1002 reserved bits 4 on a control frame'],
      ['on a continuation', Buffer.concat([frame(0x01, 'a'), frame(0xc0, 'b')]), '1002 reserved bits 4 on a continuation frame'],
      ['with a bit beside RSV1', frame(0xe1, 'a'), '1002 reserved bits 6 without an extension that claims them'],
      [
        'that is no DEFLATE data',
        frame(compressedText, Uint8Array.from([0xff, 0xff])),
        '1007 compressed message cannot be decompressed: invalid block type',
      ],
      [
        'that is truncated',
        frame(compressedText, truncated()),
        '1007 compressed message cannot be decompressed: the data ends inside a block',
      ],
      [
        'that is not UTF-8',
        frame(compressedText, deflated(Uint8Array.of(0xc0, 0x80))),
        '1007 text message is not UTF-8, in its octets 0 to 1',
      ],
      [
        'with garbage behind its last block',
        frame(compressedText, Buffer.concat([deflateRawSync('whole'), Buffer.from([0xff, 0xff])])),
        '1007 compressed message cannot be decompressed: invalid block type',
      ],
      [
        'that refers to more than was negotiated, or was ever sent',
        frame(compressedText, farBack()),
        '1007 compressed message cannot be decompressed: invalid distance too far back',
      ],
    ] as const) {
      it(`${what} is answered ${answer}`, async () => {
        const { attacker, victim } = await within(deflate)
        attacker.socket.write(octets)
        expect(await attacker.failed()).toBe(answer)
        expect([victim.factory.messages, victim.factory.errors]).toEqual([[], []])
      })
    }

    it('that was not negotiated is answered 1002', async () => {
      const victim = await Victim.listening({ extensions: [over(deflate)] })
      const attacker = await Attacker.within(victim.port, upgradeRequest())
      attacker.socket.write(frame(compressedText, deflated(Uint8Array.of(1))))
      expect(await attacker.failed()).toBe('1002 reserved bits 4 without an extension that claims them')
    })

    it('of no octets is an empty message, and one behind it that refers to the one before is right', async () => {
      const { attacker, victim } = await within(deflate)
      attacker.socket.write(frame(compressedText, Uint8Array.from([0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00])))
      attacker.socket.write(frame(compressedText, ''))
      attacker.socket.write(Buffer.concat([frame(0x41, ''), frame(0x80, '')]))
      attacker.socket.write(frame(compressedText, Uint8Array.from([0xf2, 0x00, 0x11, 0x00, 0x00])))
      await until(() => victim.factory.messages.length === 4)
      expect(victim.factory.messages).toEqual([5, 0, 0, 5])
    })

    it('is read where its tail was not removed, and where its last block says so and nothing follows', async () => {
      const { attacker, victim } = await within(deflate)
      attacker.socket.write(frame(compressedText, Uint8Array.from([0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00, 0x00, 0xff, 0xff])))
      attacker.socket.write(frame(compressedText, Uint8Array.from([0xf2, 0x00, 0x11, 0x00, 0x00])))
      attacker.socket.write(frame(compressedText, Uint8Array.from([0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00])))
      attacker.socket.write(frame(compressedText, Uint8Array.from([0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00])))
      await until(() => victim.factory.messages.length === 4)
      expect([victim.factory.messages, victim.factory.errors]).toEqual([[5, 5, 5, 5], []])
    })

    it('whose block says that it is the last is read, and those behind it', async () => {
      const { attacker, victim } = await within(deflate)
      attacker.socket.write(frame(compressedText, Uint8Array.from([0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00])))
      attacker.socket.write(frame(compressedText, Uint8Array.from([0x00])))
      await until(() => victim.factory.messages.length === 2)
      expect(victim.factory.messages).toEqual([5, 0])
    })
  })

  describe(`a peer that goes in the middle of a compressed message, ${how}`, () => {
    it('leaves nothing behind, and hooks are not called for it any more', async () => {
      const { attacker, victim } = await within(deflate, { maxMessagePayloadSize: 0, maxFramePayloadSize: 0 })
      attacker.socket.write(frame(compressedBinary, deflated(words(16 * MiB))))
      attacker.socket.resetAndDestroy()
      await until(() => victim.factory.endings.length > 0)
      const { length } = victim.factory.messages
      for (let turn = 0; turn < 100; turn++) await new Promise(resolve => setImmediate(resolve))
      expect([victim.factory.messages.length, victim.factory.errors]).toEqual([length, []])
    })
  })
}

/** As `permessageDeflate()` has it, by one of both ways to decompress. */
function over(deflate: Deflate): PerMessageDeflate {
  const defaults = defaultsOf(perMessageDeflateOptions)
  return new PerMessageDeflate(deflate, choicesByOptions(defaults), defaults.maxContexts)
}

const offer = ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits']

async function within(deflate: Deflate, options: object = {}): Promise<{ attacker: Attacker; victim: Victim }> {
  const victim = await Victim.listening({ maxMessagePayloadSize: MiB, extensions: [over(deflate)], ...options })
  return { victim, attacker: await Attacker.within(victim.port, upgradeRequest('/', offer)) }
}

function deflated(octets: Uint8Array): Buffer {
  return deflateRawSync(octets, { finishFlush: constants.Z_SYNC_FLUSH, windowBits: 12, level: 9 }).subarray(0, -4)
}

function truncated(): Buffer {
  return deflated(Buffer.from('a message that is longer than what comes of it')).subarray(0, 20)
}

/** A block of fixed codes whose first symbol is a match. */
function farBack(): Buffer {
  return deflateRawSync('hello hello hello', {
    finishFlush: constants.Z_SYNC_FLUSH,
    dictionary: Buffer.from('hello hello hello'),
  }).subarray(0, -4)
}

function words(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, i) => ((i * 7919) % 251) ^ (i >> 9)))
}

function fragments(first: number, payload: Buffer, count: number): Buffer[] {
  const size = Math.ceil(payload.length / count)
  return Array.from({ length: count }, (_, i) => {
    const opcode = i === 0 ? first & 0x7f : 0
    return frame(i === count - 1 ? 0x80 | opcode : opcode, payload.subarray(i * size, (i + 1) * size))
  })
}

const MiB = 1024 * 1024
