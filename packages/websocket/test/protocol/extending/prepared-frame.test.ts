import { describe, expect, it } from 'vitest'
import { permessageDeflate } from '../../../src/index.ts'
import type { Extension, ExtensionInstance, ExtensionLink } from '../../../src/protocol/extending/extension.ts'
import { PreparedFrame } from '../../../src/protocol/extending/prepared-frame.ts'
import { fakeRuntime } from '../../../src/testing/index.ts'
import { talk } from '../../conversation/talk.ts'
import { until } from '../../fixtures/until.ts'
import { type OpenedServer, openServer, ServerProtocol, settled } from '../opened.ts'
import { counting, frame as frameOf, framesIn, summary } from '../wire.ts'

describe('PreparedFrame', () => {
  it('has its octets as a server sends them, and a copy of its payload', () => {
    const payload = Uint8Array.of(1, 2)
    const frame = new PreparedFrame(11, payload, { reserved: 2 })
    payload.fill(0)
    expect({ frame: [...frame.frame], payload: [...frame.payload], isFinal: frame.isFinal }).toEqual({
      frame: [0xab, 2, 1, 2],
      payload: [1, 2],
      isFinal: true,
    })
    expect([...new PreparedFrame(3, undefined, { final: false }).frame]).toEqual([0x03, 0])
  })

  for (const [what, make, message] of [
    ['an opcode of messages', () => new PreparedFrame(1), 'an extension can claim the opcodes 3 to 7 and 11 to 15, and not 1'],
    ['an opcode of RFC 6455', () => new PreparedFrame(9), 'opcodes 3 to 7 and 11 to 15, and not 9'],
    ['an opcode that no header has room for', () => new PreparedFrame(19), 'opcodes 3 to 7 and 11 to 15, and not 19'],
    ['a fraction', () => new PreparedFrame(3.5), 'opcodes 3 to 7 and 11 to 15, and not 3.5'],
    ['a large control frame', () => new PreparedFrame(11, new Uint8Array(126)), 'a control frame holds at most 125 octets, and not 126'],
    [
      'a control frame in fragments',
      () => new PreparedFrame(11, undefined, { final: false }),
      'opcode 11 is a control frame, which has FIN',
    ],
    [
      'reserved bits that do not exist',
      () => new PreparedFrame(3, undefined, { reserved: 8 }),
      'option reserved must be 0 to 7, and not 8',
    ],
    ['a string', () => new PreparedFrame(3, 'a' as never), 'the payload of a frame must be a Uint8Array, and not string'],
    [
      'an unknown option',
      () => new PreparedFrame(3, undefined, { isFinal: false } as never),
      'there is no option isFinal of PreparedFrame',
    ],
  ] as const) {
    it(`is misuse with ${what}, when it is made`, () => {
      expect(make).toThrow(expect.objectContaining({ name: 'ApiMisuse', message: expect.stringContaining(message) }))
    })
  }

  it('goes out by reference, the same octets each time, and counts as the frame that it is', () => {
    const { protocol, stream, clock } = open()
    const frame = new PreparedFrame(3, counting(20_000))
    for (let sent = 0; sent < 2; sent++) {
      expect(protocol.sendPreparedFrame(frame)).toBe(true)
      clock.flush()
    }
    protocol.sendPreparedFrame(new PreparedFrame(11))
    clock.flush()
    expect([stream.writes[0], stream.writes[1]]).toEqual([frame.frame, frame.frame])
    expect(stream.writes[0]).toBe(stream.writes[1])
    expect(protocol.trafficStats).toMatchObject({
      outgoingWebSocketMessages: 0,
      outgoingWebSocketFrames: 2,
      outgoingOctetsWebSocketLevel: 40_000,
    })
  })

  it('is sent by the extension itself, and may have what this extension claims, and nothing that another one does', () => {
    let link: ExtensionLink | undefined
    const { stream } = open({
      opened: given => {
        link = given
      },
    })
    expect(link!.sendPreparedFrame(new PreparedFrame(3, Uint8Array.of(65), { reserved: 2 }))).toBe(true)
    expect(summary(stream.sent())).toEqual(['3:A'])
    expect(() => link!.sendPreparedFrame(new PreparedFrame(4))).toThrow(
      'extension x: sendPreparedFrame with opcode 4, which it does not claim',
    )
    expect(() => link!.sendPreparedFrame(new PreparedFrame(3, undefined, { reserved: 4 }))).toThrow(
      'extension x: sendPreparedFrame with reserved bits 4, of which it claims 2',
    )
    expect(() => link!.sendPreparedFrame({} as never)).toThrow('extension x: sendPreparedFrame takes a PreparedFrame')
    expect(() => link!.sendFrame(3, 'a' as never)).toThrow('extension x: the payload of sendFrame must be a Uint8Array, and not string')
    expect(() => link!.sendFrame(11, undefined, { final: false })).toThrow('opcode 11 is a control frame, which has FIN')
  })

  it('is masked afresh by clients each time, and not changed by it', async () => {
    const got: number[][] = []
    const instance: ExtensionInstance = {
      reservedBits: 0,
      opcodes: [3],
      onFrame: (_header, payload) => void got.push([...payload]),
      close: () => undefined,
    }
    const extension: Extension = {
      name: 'x',
      offer: () => [new Map()],
      accept: () => ({ parameters: new Map(), instance }),
      confirm: () => instance,
    }
    const options = { extensions: [extension] }
    const { ws } = await talk(server => server.closed, { server: options, client: options })
    const frames = [new PreparedFrame(3, counting(20_000)), new PreparedFrame(3, counting(20))]
    for (const frame of [...frames, ...frames]) expect(ws.protocol.sendPreparedFrame(frame)).toBe(true)
    await until(() => got.length === 4)
    const sent = [[...counting(20_000)], [...counting(20)]]
    expect([got, frames.map(({ payload }) => [...payload])]).toEqual([[...sent, ...sent], sent])
  })

  it('is misuse on a connection that has not agreed on its opcode or its bits, and inside a frame; one that is closing does not send it', () => {
    const { protocol } = open()
    const frame = new PreparedFrame(3)
    expect(() => protocol.sendPreparedFrame(new PreparedFrame(5))).toThrow('opcode 5 is not claimed by an extension')
    expect(() => protocol.sendPreparedFrame(new PreparedFrame(3, undefined, { reserved: 1 }))).toThrow('reserved bits 1 are not claimed')
    expect(() => protocol.sendPreparedFrame('a' as never)).toThrow('sendPreparedFrame takes a PreparedFrame')
    protocol.beginMessage(true)
    protocol.beginMessageFrame(5)
    expect(() => protocol.sendPreparedFrame(frame)).toThrow('sendPreparedFrame inside a frame that is not complete')
    protocol.sendMessageFrameData(new Uint8Array(5))
    protocol.endMessage()
    protocol.sendClose()
    expect([protocol.sendPreparedFrame(frame), protocol.trafficStats.outgoingMessagesNotSent]).toEqual([false, 1])
  })
})

describe('broadcast of a prepared frame', () => {
  for (const isCompressed of [false, true]) {
    it(`keeps its place among what is sent, and is not transformed${isCompressed ? ', beside compression' : ''}`, async () => {
      const { factory, protocol, stream, clock } = open({}, isCompressed)
      const frame = new PreparedFrame(3, counting(200))
      protocol.sendMessage('a')
      expect(factory.broadcast(frame)).toEqual({ sent: 1, skipped: 0, skippedMembers: [] })
      expect(protocol.bufferedAmount).toBeGreaterThanOrEqual(200)
      protocol.sendMessage('b'.repeat(100))
      await settled(clock)
      const frames = framesIn(stream.sent())
      expect(frames.map(({ opcode, reserved }) => [opcode, reserved])).toEqual([
        [1, 0],
        [3, 0],
        [1, isCompressed ? 4 : 0],
      ])
      expect(frames[1]!.payload).toEqual([...counting(200)])
    })
  }

  it('goes between the frames of a message, and is missed by a connection that is within a frame', () => {
    const { factory, protocol, stream, clock } = open()
    const frame = new PreparedFrame(3)
    protocol.beginMessage(false)
    protocol.sendMessageFrame(Uint8Array.of(97))
    expect(factory.broadcast(frame).sent).toBe(1)
    expect(factory.broadcast('text').sent).toBe(0)
    protocol.beginMessageFrame(1)
    expect(factory.broadcast(frame)).toEqual({ sent: 0, skipped: 1, skippedMembers: [protocol] })
    protocol.sendMessageFrameData(Uint8Array.of(98))
    protocol.endMessage()
    clock.flush()
    expect(summary(stream.sent())).toEqual(['1-:a', '3:', '0-:b', '0:'])
  })

  it('is missed, and told, by a connection that has not agreed on the opcode, on the reserved bits, or is closing', () => {
    const { factory, protocol } = open()
    const missed = { sent: 0, skipped: 1, skippedMembers: [protocol] }
    expect(factory.broadcast(new PreparedFrame(4))).toEqual(missed)
    expect(factory.broadcast(new PreparedFrame(3, undefined, { reserved: 4 }))).toEqual(missed)
    expect(openServer(ServerProtocol).factory.broadcast(new PreparedFrame(3))).toMatchObject({ sent: 0, skipped: 1 })
    protocol.sendClose()
    expect(factory.broadcast(new PreparedFrame(3)).sent).toBe(0)
    expect(protocol.trafficStats.outgoingWebSocketFrames).toBe(0)
  })

  for (const unsentPolicy of ['throw', 'skip', 'drop'] as const) {
    it(`is not sent to a peer with more than maxUnsentSize unsent, under ${unsentPolicy}`, () => {
      const { factory, protocol, stream, clock } = open({}, false, { maxUnsentSize: 1000, sendHighWaterMark: 100, unsentPolicy })
      stream.isStuck = true
      protocol.sendMessage(counting(2000))
      clock.flush()
      expect(factory.broadcast(new PreparedFrame(3, counting(50)))).toEqual({ sent: 0, skipped: 1, skippedMembers: [protocol] })
      expect([protocol.trafficStats.outgoingMessagesNotSent, protocol.isOpen]).toEqual([1, unsentPolicy !== 'drop'])
    })
  }

  for (const slow of ['send', 'skip'] as const) {
    it(`is for a peer that reads slowly as a message is: ${slow}`, () => {
      const { factory, protocol, stream, clock } = open({}, false, { sendHighWaterMark: 100 })
      stream.isStuck = true
      protocol.sendMessage(counting(2000))
      clock.flush()
      expect(factory.broadcast(new PreparedFrame(3), { slow }).sent).toBe(slow === 'send' ? 1 : 0)
    })
  }

  it('reaches the extension at the other end, whole', async () => {
    const got: unknown[] = []
    const { stream, clock } = open({ onFrame: (header, payload) => void got.push([header.opcode, header.reserved, ...payload]) })
    stream.receive(frameOf(3, 'A', { rsv: 2 }))
    await settled(clock)
    expect(got).toEqual([[3, 2, 65]])
  })
})

function open(
  instance: Partial<ExtensionInstance> = {},
  isCompressed = false,
  options: Parameters<typeof openServer>[1] = {},
): OpenedServer<ServerProtocol> {
  const whole: ExtensionInstance = { reservedBits: 2, opcodes: [3, 11], close: () => {}, ...instance }
  const extension: Extension = { name: 'x', accept: () => ({ parameters: new Map(), instance: whole }) }
  const extensions = isCompressed ? [permessageDeflate(), extension] : [extension]
  const headers = `Sec-WebSocket-Extensions: ${isCompressed ? 'permessage-deflate, ' : ''}x\r\n`
  return openServer(ServerProtocol, { ...options, extensions }, fakeRuntime(), true, headers)
}
