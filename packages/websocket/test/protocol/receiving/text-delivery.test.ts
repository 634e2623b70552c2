import { describe, expect, it } from 'vitest'
import type { Octets } from '../../../src/bytes/octets.ts'
import { PayloadMemory } from '../../../src/bytes/payload-memory.ts'
import type { Extension } from '../../../src/protocol/extending/extension.ts'
import { HookRunner } from '../../../src/protocol/hooks/hook-runner.ts'
import { TextDelivery } from '../../../src/protocol/receiving/text-delivery.ts'
import { fakeRuntime } from '../../../src/testing/index.ts'
import { openServer, ServerProtocol, settled } from '../opened.ts'
import { frame, octetsOf, summary } from '../wire.ts'

describe('TextDelivery', () => {
  it('decodes a text from where it was read', () => {
    const { delivery, received } = make()
    delivery.messageBegan(false)
    const lent = Uint8Array.from(octetsOf('-grün-'))
    expect(delivery.textCame(lent, 1, 6, true)).toBe(true)
    lent.fill(0x78)
    expect(received).toEqual([])
    delivery.frameEnded()
    delivery.messageEnded()
    expect(received).toEqual(['grün'])
  })

  it('returns false for octets that are not UTF-8, unless they are not to be validated', () => {
    const { delivery } = make()
    expect(delivery.textCame(Uint8Array.of(0x61, 0xff), 0, 2, true)).toBe(false)
    expect(delivery.textCame(Uint8Array.of(0x61, 0xff), 0, 2, false)).toBe(true)
  })

  it('collects what comes in pieces, text and binary', () => {
    const { delivery, received } = make()
    for (const isBinary of [false, true]) {
      delivery.messageBegan(isBinary)
      for (const [piece, isLast] of [
        [[0x61, 0xc3], false],
        [[0xa4], true],
      ] as const) {
        delivery.frameBegan(piece.length, 0, isLast)
        delivery.frameData(Uint8Array.from(piece), 0, piece.length, 0)
        delivery.frameEnded()
      }
      delivery.messageEnded()
    }
    expect(received).toEqual(['aä', [0x61, 0xc3, 0xa4]])
  })

  it('delivers an empty text', () => {
    const { delivery, received } = make()
    delivery.messageBegan(false)
    delivery.frameBegan(0, 0, true)
    delivery.frameEnded()
    delivery.messageEnded()
    expect(received).toEqual([''])
  })
})

describe('a protocol with onTextMessage', () => {
  it('gets text there and binary at onMessage', () => {
    const { stream, heard } = opened()
    stream.receive(frame(1, 'one'), frame(2, 'two'), frame(1), frame(1, 'thr', { fin: false }), frame(0, 'ee'))
    expect(heard).toEqual(['one', [...octetsOf('two')], '', 'three'])
  })

  it('is not told of text that is no UTF-8, whole or in pieces', () => {
    for (const pieces of [[frame(1, [0x61, 0xff])], [frame(1, [0x61, 0xe2])], [frame(1, [0xe2], { fin: false }), frame(0, [0x28])]]) {
      const { stream, heard } = opened()
      stream.receive(...pieces)
      expect(heard).toEqual([])
      expect(summary(stream.sent())).toEqual([expect.stringMatching(/^8:1007 /)])
    }
    const { stream } = opened()
    stream.receive(frame(1, [0x61, 0xff]))
    expect(summary(stream.sent())).toEqual(['8:1007 text message is not UTF-8, in its octets 0 to 1'])
  })

  it('gets U+FFFD where the validation is off', () => {
    const { stream, heard } = opened({ utf8validateIncoming: false })
    stream.receive(frame(1, [0x61, 0xff]), frame(1, [0x61, 0xff], { fin: false }), frame(0))
    expect(heard).toEqual(['a\ufffd', 'a\ufffd'])
  })

  it('gets text of several MiB, which is joined in turns, in its order', async () => {
    const { stream, heard, clock } = opened()
    const piece = 'abcdefgh'.repeat(8192)
    for (let at = 0; at < 40; at++) stream.receive(frame(at === 0 ? 1 : 0, piece, { fin: at === 39 }))
    stream.receive(frame(1, 'behind'))
    await settled(clock)
    expect(heard.map(text => text.length)).toEqual([40 * piece.length, 6])
    expect(heard[0]).toBe(piece.repeat(40))
  })

  it('gets fragments octet by octet, with control frames between them', () => {
    const { stream, heard } = opened()
    const octets = octetsOf('a€🚀ö')
    for (const [at, octet] of octets.entries()) {
      stream.receive(frame(at === 0 ? 1 : 0, [octet], { fin: at === octets.length - 1 }), frame(9))
    }
    stream.receive(frame(1, [], { fin: false }), frame(0, [], { fin: false }), frame(0, 'all'), frame(1, 'x', { fin: false }), frame(0))
    for (const octet of frame(1, 'one frame')) stream.receive([octet])
    expect(heard).toEqual(['a€🚀ö', 'all', 'x', 'one frame'])
  })

  it('counts the octets of texts in its statistics', () => {
    const { protocol, stream } = opened()
    stream.receive(frame(1, 'grün'), frame(1, 'gr', { fin: false }), frame(0, 'ün'), frame(1))
    expect(protocol.trafficStats).toMatchObject({
      incomingOctetsWebSocketLevel: 10,
      incomingOctetsAppLevel: 10,
      incomingWebSocketFrames: 4,
      incomingWebSocketMessages: 3,
    })
  })

  it('gets the whole of what an extension makes of one frame in several pieces', () => {
    const { stream, heard } = opened({ extensions: [twice] }, 'Sec-WebSocket-Extensions: twice\r\n')
    stream.receive(frame(1, 'grün', { rsv: 4 }), frame(1, 'plain'), frame(1, [0xc3], { rsv: 4 }))
    expect(heard).toEqual(['grüngrün', 'plain'])
    expect(summary(stream.sent())).toEqual([expect.stringMatching(/^8:1007 /)])
  })

  for (const [what, end, heardThen, sentThen] of [
    ['fails the connection', (protocol: ServerProtocol) => protocol.failConnection(1008, 'enough'), ['one'], ['8:1008 enough']],
    ['drops the connection', (protocol: ServerProtocol) => protocol.dropConnection(), ['one'], []],
    ['begins to close', (protocol: ServerProtocol) => protocol.sendClose(1000), ['one', 'two', 'three'], ['8:1000']],
    ['pauses', (protocol: ServerProtocol) => protocol.pauseReceiving(), ['one'], []],
  ] as const) {
    it(`gets the rest of the same read as other protocols do, when it ${what} within the hook`, () => {
      const heard: string[] = []
      class Ending extends ServerProtocol {
        override onTextMessage(text: string): void {
          heard.push(text)
          if (text === 'one') end(this)
        }
      }
      const { protocol, stream } = openServer(Ending)
      stream.receive([...frame(1, 'one'), ...frame(1, 'two'), ...frame(1, 'thr', { fin: false }), ...frame(0, 'ee')])
      expect([heard, summary(stream.sent())]).toEqual([heardThen, sentThen])
      if (what !== 'pauses') return
      protocol.resumeReceiving()
      expect(heard).toEqual(['one', 'two', 'three'])
    })
  }

  it('uses the onTextMessage that is there when the first octets come', () => {
    for (const [isLate, expected] of [
      [false, ['text', 'text']],
      [true, ['octets', 'octets']],
    ] as const) {
      const heard: string[] = []
      class Late extends ServerProtocol {
        override onMessage(): void {
          heard.push('octets')
        }
      }
      const { protocol, stream } = openServer(Late)
      if (isLate) stream.receive(frame(9))
      protocol.onTextMessage = () => void heard.push('text')
      stream.receive(frame(1, 'one'), frame(1, 'two'))
      expect(heard).toEqual(expected)
    }
  })

  it('holds the reading by a promise', async () => {
    const heard: string[] = []
    let release = (): void => undefined
    class Slow extends ServerProtocol {
      override onTextMessage(text: string): Promise<void> {
        heard.push(text)
        return new Promise(resolve => {
          release = resolve
        })
      }
    }
    const { stream, clock } = openServer(Slow)
    stream.receive(frame(1, 'one'), frame(1, 'two'))
    expect(heard).toEqual(['one'])
    release()
    await settled(clock)
    expect(heard).toEqual(['one', 'two'])
  })

  it('gets whole messages also where it overrides hooks for frames', () => {
    const heard: unknown[] = []
    class Both extends ServerProtocol {
      override onMessageFrame(payload: Octets, reserved: number): void {
        heard.push(payload.length)
        super.onMessageFrame(payload, reserved)
      }

      override onTextMessage(text: string): void {
        heard.push(text)
      }

      override onMessage(payload: Octets, isBinary: boolean): void {
        heard.push([payload.length, isBinary])
      }
    }
    const { stream } = openServer(Both)
    stream.receive(frame(1, 'grün'), frame(2, 'ab'))
    expect(heard).toEqual([5, 'grün', 2, [2, true]])
  })
})

function make() {
  const received: unknown[] = []
  const runner = new HookRunner({ readingReleased: () => undefined, hookFailed: () => undefined })
  const hooks = {
    onMessage: (payload: Octets) => void received.push([...payload]),
    onTextMessage: (text: string) => void received.push(text),
  }
  return { delivery: new TextDelivery(runner, hooks, new PayloadMemory(), fakeRuntime()), received }
}

/** Emits what it is given in two pieces, each of them the whole. */
const twice: Extension = {
  name: 'twice',
  accept: () => ({
    parameters: new Map(),
    instance: {
      reservedBits: 4,
      opcodes: [],
      close: () => {},
      decoder: ({ reserved }) => (reserved === 0 ? undefined : { reserved: 4, write: repeat, flush: () => {}, end: () => {} }),
    },
  }),
}

function repeat(octets: Octets, emit: (octets: Octets) => void): void {
  emit(octets)
  emit(octets)
}

function opened(options: Parameters<typeof openServer>[1] = {}, headers = '') {
  const heard: (string | number[])[] = []
  class Texts extends ServerProtocol {
    override onTextMessage(text: string): void {
      heard.push(text)
    }

    override onMessage(payload: Octets): void {
      heard.push([...payload])
    }
  }
  return { ...openServer(Texts, options, fakeRuntime(), true, headers), heard }
}
