import { describe, expect, it } from 'vitest'
import type { ServerOptions } from '../../src/portable.ts'
import { type Call, openClient, openServer, recording, recordingClient, settled, type Tier } from './opened.ts'
import { closing, counting, frame, framesIn, plain, summary } from './wire.ts'

describe('lengths', () => {
  for (const [what, octets, answer] of [
    ['2^63', [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0], '8:1002 frame length above 2^63-1'],
    [
      '2^63-1',
      [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      '8:1009 frame of 9223372036854775807 octets is above the limit of 16777216',
    ],
    ['2^53', [0x82, 0xff, 0, 0x20, 0, 0, 0, 0, 0, 0], '8:1009 frame of 9007199254740992 octets is above the limit of 16777216'],
    ['2^32+1', [0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 1], '8:1009 frame of 4294967297 octets is above the limit of 16777216'],
    ['5 in three octets', [0x82, 0xfe, 0, 5], '8:1002 length 5 in more octets than it needs'],
    ['65535 in nine octets', [0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff], '8:1002 length 65535 in more octets than it needs'],
  ] as const) {
    it(`a frame of ${what} is refused before any of its payload comes`, () => {
      const { stream, answers } = attacked()
      stream.receive([...octets, 1, 2, 3, 4])
      expect(answers()).toEqual([answer])
    })
  }

  it('a frame is refused that is one octet above the limit, by its header alone', () => {
    const { stream, answers } = attacked({ maxFramePayloadSize: 1000, maxMessagePayloadSize: 0 })
    stream.receive(frame(2, counting(1001)).slice(0, 8))
    expect(answers()).toEqual(['8:1009 frame of 1001 octets is above the limit of 1000'])
  })

  it('the largest frame announced and one octet sent costs what one octet costs, and a silent peer is dropped', () => {
    const allocated = allocationsDuring(() => {
      const { stream, clock } = attacked({ autoPingInterval: 20 })
      stream.receive([0x82, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4], [7])
      clock.advance(45_000)
      expect(stream.destroyed).toBe('aborted')
    })
    expect(Math.max(...allocated)).toBeLessThanOrEqual(16 * 1024)
  })

  it('the sum over fragments is limited, not each fragment alone', () => {
    const { stream, answers } = attacked({ maxMessagePayloadSize: 1000 })
    stream.receive(frame(2, counting(600), { fin: false }), frame(0, counting(401), { fin: false }).slice(0, 8))
    expect(answers()).toEqual(['8:1009 message of 1001 octets is above the limit of 1000'])
  })

  it('the sum does not overflow where lengths are unlimited one by one', () => {
    const { stream, answers } = attacked({ maxFramePayloadSize: 0, maxMessagePayloadSize: 2 ** 53 - 1 })
    stream.receive(frame(2, [1], { fin: false }), [0x80, 0xff, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4])
    expect(answers()).toEqual(['8:1009 message of 9007199254740992 octets is above the limit of 9007199254740991'])
  })
})

describe('fragments', () => {
  it('endless empty fragments are counted and refused', () => {
    const { stream, answers, calls } = attacked({ maxMessageFrames: 1000 })
    stream.receive(frame(2, [], { fin: false }))
    for (let fragments = 0; fragments < 1000; fragments++) stream.receive(frame(0, [], { fin: false }))
    expect(answers()).toEqual(['8:1009 message of more than 1000 frames'])
    expect(calls).toEqual([['onOpen']])
  })

  it('pings between them do not begin the count anew', () => {
    const { stream, answers } = attacked({ maxMessageFrames: 10 })
    stream.receive(frame(2, [], { fin: false }))
    for (let fragments = 0; fragments < 10; fragments++) stream.receive(frame(9), frame(0, [], { fin: false }))
    expect(answers().at(-1)).toBe('8:1009 message of more than 10 frames')
  })

  it('65,537 fragments pass by default', () => {
    const { stream, calls } = attacked()
    stream.receive(frame(2, [1], { fin: false }))
    const many = Uint8Array.from(Array.from({ length: 1024 }, () => [...frame(0, [1], { fin: false })]).flat())
    for (let times = 0; times < 64; times++) stream.receive(many)
    stream.receive(frame(0))
    expect((calls.at(-1)![1] as number[]).length).toBe(65_537)
  })

  for (const tier of ['messages', 'frames'] as const) {
    it(`fragments of one octet cost memory by their octets and not by their number: ${tier}`, () => {
      const { stream } = attacked({}, tier)
      stream.receive(frame(2, [1], { fin: false }))
      const many = Uint8Array.from(Array.from({ length: 1000 }, () => [...frame(0, [1], { fin: false })]).flat())
      const allocated = allocationsDuring(() => {
        for (let times = 0; times < 60; times++) stream.receive(many)
      }).filter(size => size > 1 && size !== many.length)
      expect(allocated.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000 * 4)
    })
  }

  it('one octet in each read of a large frame leaves no list of chunks', () => {
    const { stream, calls } = attacked()
    const octets = frame(2, counting(20_000))
    const allocated = allocationsDuring(() => {
      for (const octet of octets) stream.receive([octet])
    }).filter(size => size > 1)
    expect(allocated.reduce((sum, size) => sum + size, 0)).toBeLessThan(20_000 * 4)
    expect(calls.at(-1)).toEqual(['onMessage', [...counting(20_000)], true])
  })
})

describe('frames that break the rules', () => {
  for (const [reason, ...frames] of [
    ['reserved bits 1 without an extension that claims them', frame(1, 'a', { rsv: 1 })],
    ['reserved bits 2 without an extension that claims them', frame(1, 'a', { rsv: 2 })],
    ['reserved bits 4 without an extension that claims them', frame(1, 'a', { rsv: 4 })],
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(opcode => [`reserved opcode ${opcode}`, frame(opcode, 'a')] as const),
    ['fragmented control frame', frame(9, 'a', { fin: false })],
    ['fragmented control frame', frame(8, [], { fin: false })],
    ['control frame longer than 125 octets', frame(10, counting(126))],
    ['new message inside a fragmented message', frame(1, 'a', { fin: false }), frame(1, 'b')],
    ['continuation frame without a message to continue', frame(0, 'a')],
    ['continuation frame without a message to continue', frame(2, 'a'), frame(0, 'a')],
    ['unmasked client frame', plain(1, 'a')],
    ['unmasked client frame', plain(8)],
  ] as const) {
    it(`are answered with 1002: ${reason}`, () => {
      const { stream, answers, calls, clock } = attacked()
      stream.receive(...frames)
      expect(answers()).toEqual([`8:1002 ${reason}`])
      stream.receiveEnd()
      clock.flush()
      expect(calls.at(-1)).toEqual(['onClose', false, 1006, `failed with 1002: ${reason}`])
    })
  }

  it('are answered by a client too: a masked server frame', () => {
    const { stream } = openClient(recordingClient('messages', []))
    stream.receive(frame(1, 'a'))
    expect(summary(stream.sent())).toEqual(['8:1002 masked server frame'])
  })

  it('pass where an option says so: masked and unmasked in the wrong direction', () => {
    const calls: Call[] = []
    openServer(recording('messages', calls), { requireMaskedClientFrames: false }).stream.receive(plain(1, 'a'), frame(1, 'b'))
    openClient(recordingClient('messages', calls), { acceptMaskedServerFrames: true }).stream.receive(plain(1, 'c'), frame(1, 'd'))
    expect(calls.filter(([hook]) => hook === 'onMessage').length).toBe(4)
  })
})

describe('floods', () => {
  it('of pings whose pongs are not read: at most one pong waits', () => {
    const { stream, protocol } = attacked({ sendHighWaterMark: 1000 })
    stream.isStuck = true
    const ping = frame(9, counting(125))
    for (let pings = 0; pings < 10_000; pings++) stream.receive(ping)
    expect(protocol.bufferedAmount).toBeLessThan(1000 + 2 * 127)
    stream.drain()
    expect(protocol.bufferedAmount).toBeLessThan(2 * 127)
  })

  it('of pongs that nobody asked for: nothing is kept, nothing measured, nothing sent', () => {
    const { stream, protocol } = attacked({ autoPingInterval: 20 })
    for (let pongs = 0; pongs < 10_000; pongs++) stream.receive(frame(10, [pongs & 255, pongs >> 8]))
    expect({ roundTripTime: protocol.roundTripTime, bufferedAmount: protocol.bufferedAmount, sentLength: stream.sent().length }).toEqual({
      roundTripTime: undefined,
      bufferedAmount: 0,
      sentLength: 0,
    })
  })

  it('of close frames: one is answered, one is told', () => {
    const { stream, calls, answers } = attacked()
    const one = frame(8, closing(1000))
    stream.receive(Uint8Array.from([...one, ...one, ...one]), one, one)
    expect(answers()).toEqual(['8:1000'])
    expect(calls.filter(([hook]) => hook === 'onCloseFrame').length).toBe(1)
  })
})

describe('close frames', () => {
  for (const behind of [frame(2, [1]), frame(9), Uint8Array.of(0xff, 0xff), frame(8, closing(1002))]) {
    it(`hide everything behind them: ${behind.subarray(0, 2).join(' ')}`, () => {
      for (const pieces of [[frame(8, closing(1000)), behind], [Uint8Array.from([...frame(8, closing(1000)), ...behind])]]) {
        const { stream, calls, answers, clock } = attacked()
        stream.receive(...pieces)
        expect(answers()).toEqual(['8:1000'])
        stream.receiveEnd()
        clock.flush()
        expect(calls.map(([hook]) => hook)).toEqual(['onOpen', 'onCloseFrame', 'onClose'])
        expect(calls.at(-1)).toEqual(['onClose', true, 1000, ''])
      }
    })
  }

  it('of one octet are answered with 1002', () => {
    const { stream, answers } = attacked()
    stream.receive(frame(8, [3]))
    expect(answers()).toEqual(['8:1002 close frame with one octet'])
  })

  for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535]) {
    it(`with code ${code} are answered with 1002, and never told as the end`, () => {
      const { stream, answers, calls, clock } = attacked()
      stream.receive(frame(8, closing(code)))
      expect(answers()).toEqual([`8:1002 close code ${code} may not be sent`])
      stream.receiveEnd()
      clock.flush()
      expect(calls.slice(1)).toEqual([['onClose', false, 1006, `failed with 1002: close code ${code} may not be sent`]])
    })
  }

  it('with bad UTF-8 in the reason are answered with 1007, also cut-off sequences', () => {
    for (const reason of [[0xff], [0x61, 0xe2, 0x82]]) {
      const { stream, answers } = attacked()
      stream.receive(frame(8, closing(1000, reason)))
      expect(answers()).toEqual(['8:1007 close reason is not UTF-8'])
    }
  })

  it('with a reason of 123 octets pass, with one of 124 they are answered with 1002', () => {
    const passing = attacked()
    passing.stream.receive(frame(8, closing(1000, 'x'.repeat(123))))
    expect(passing.answers()).toEqual(['8:1000'])
    const failing = attacked()
    failing.stream.receive(frame(8, closing(1000, 'x'.repeat(124))))
    expect(failing.answers()).toEqual(['8:1002 control frame longer than 125 octets'])
  })
})

describe('a peer that never lets go', () => {
  it('of a failed connection is cut off after a second', () => {
    const { stream, clock } = attacked()
    stream.receive(plain(1, 'a'))
    clock.advance(1000)
    expect(stream.destroyed).toBe('aborted')
  })

  it('of a failed connection and goes on sending is cut off at the same time, and nothing is kept', () => {
    const { stream, clock, calls } = attacked()
    stream.receive(plain(1, 'a'))
    for (let times = 0; times < 10; times++) {
      stream.receive(counting(10_000))
      clock.advance(99)
    }
    clock.advance(10)
    expect([stream.destroyed, calls.length]).toEqual(['aborted', 2])
  })
})

describe('bad UTF-8', () => {
  it('in the first fragment fails the connection at once', () => {
    const { stream, answers } = attacked()
    stream.receive(frame(1, [0x61, 0xff], { fin: false }))
    expect(answers()).toEqual(['8:1007 text message is not UTF-8, in its octets 0 to 1'])
  })

  it('fails the connection before the frame is complete', () => {
    const { stream, answers } = attacked()
    stream.receive(frame(1, [0xc3, 0xff, ...counting(1000)]).slice(0, 10))
    expect(answers()[0]).toMatch(/^8:1007 /)
  })

  for (const [what, ...octets] of [
    ['a surrogate', 0xed, 0xa0, 0x80],
    ['an overlong form', 0xc0, 0x80],
    ['an overlong form of three octets', 0xe0, 0x80, 0x80],
    ['a point above 10FFFF', 0xf4, 0x90, 0x80, 0x80],
    ['a sequence that never ends', 0xf0, 0x9f, 0x98],
  ] as const) {
    it(`is found wherever it is cut: ${what}`, () => {
      for (const payload of [octets, [...Array(40).fill(0x61), ...octets]]) {
        for (let cut = 0; cut <= payload.length; cut++) {
          const fragments = attacked()
          fragments.stream.receive(frame(1, payload.slice(0, cut), { fin: false }), frame(0, payload.slice(cut)))
          expect(fragments.answers()[0]).toMatch(/^8:1007 /)
          const chunks = attacked({}, 'streams')
          const whole = frame(1, payload)
          chunks.stream.receive(whole.slice(0, 6 + cut), whole.slice(6 + cut))
          expect(chunks.answers()[0]).toMatch(/^8:1007 /)
        }
      }
    })
  }
})

describe('exceptions in hooks', () => {
  const hooks = ['onOpen', 'onMessage', 'onMessageBegin', 'onMessageFrameBegin', 'onMessageFrameData', 'onMessageFrameEnd'] as const
  for (const hook of [...hooks, 'onMessageFrame', 'onMessageEnd', 'onPing', 'onPong', 'onCloseFrame'] as const) {
    for (const how of ['throws', 'rejects'] as const) {
      it(`close that connection alone with 1011, and are reported: ${hook} ${how}`, async () => {
        const calls: Call[] = []
        const fail = (called: string): Promise<void> | undefined => {
          if (called !== hook) return undefined
          if (how === 'throws') throw new Error(`${hook} failed`)
          return Promise.reject(new Error(`${hook} failed`))
        }
        const { stream, clock, errors, protocol } = openWith(calls, fail)
        stream.receive(frame(10), frame(9), frame(1, 'a'), frame(8, closing(1000)))
        await settled(clock)
        const closes = framesIn(stream.sent()).filter(({ opcode }) => opcode === 8)
        expect(closes.map(({ payload }) => payload.slice(0, 2))).toEqual([[0x03, 0xf3]])
        expect(errors.map(error => error.message)).toEqual([`${hook} failed`])
        stream.receiveEnd()
        await settled(clock)
        expect(calls.at(-1)).toEqual(['onClose', false, 1006, 'failed with 1011: internal error'])
        expect(protocol.closeInfo?.cause).toBe(errors[0])
      })
    }
  }

  it('are reported from onClose too, when nothing is left to close', async () => {
    for (const how of ['throws', 'rejects'] as const) {
      const fail = (called: string): Promise<void> | undefined => {
        if (called !== 'onClose') return undefined
        if (how === 'throws') throw new Error('late')
        return Promise.reject(new Error('late'))
      }
      const { stream, clock, errors, protocol } = openWith([], fail)
      stream.close()
      await settled(clock)
      expect(errors).toEqual([new Error('late')])
      expect((await protocol.closed).code).toBe(1006)
    }
  })

  it('may throw anything: it is reported as an error', () => {
    const { errors, stream } = openWith([], hook => {
      if (hook === 'onMessage') throw 'a text'
      return undefined
    })
    stream.receive(frame(2, [1]))
    expect(errors).toEqual([new Error('a text')])
  })
})

describe('re-entrancy', () => {
  const hooks = [
    'onMessageBegin',
    'onMessageFrameBegin',
    'onMessageFrameData',
    'onMessageFrameEnd',
    'onMessageFrame',
    'onMessageEnd',
    'onMessage',
    'onPing',
  ]
  const acts = ['sendMessage', 'sendClose', 'failConnection', 'dropConnection', 'abort', 'pause', 'pause and resume'] as const
  for (const act of acts) {
    it(`${act} from inside every hook, with more frames behind in the same chunk`, () => {
      for (const hook of hooks) {
        const calls: Call[] = []
        let isDone = false
        const { stream, clock, protocol, errors } = openWith(calls, called => {
          if (called === hook && !isDone) {
            isDone = true
            perform(act)
          }
          return undefined
        })
        const perform = (what: (typeof acts)[number]): void => {
          if (what === 'sendMessage') protocol.sendMessage('x')
          else if (what === 'sendClose') protocol.sendClose(1000)
          else if (what === 'failConnection') protocol.failConnection(1008, 'x')
          else if (what === 'dropConnection') protocol.dropConnection()
          else if (what === 'abort') protocol.dropConnection({ abort: true })
          else protocol.pauseReceiving()
          if (what === 'pause and resume') protocol.resumeReceiving()
        }
        stream.receive(Uint8Array.from([...frame(9), ...frame(1, 'a'), ...frame(1, 'b'), ...frame(9), ...frame(8, closing(1000))]))
        const until = calls.length
        const isOver = act === 'failConnection' || act === 'dropConnection' || act === 'abort'
        // the default bodies of these two call the next hook themselves, where the connection still has hooks
        const inside: Record<string, string> = { onMessageFrameEnd: 'onMessageFrame', onMessageEnd: 'onMessage' }
        if (isOver) expect(calls.at(-1)![0]).toBe(hook)
        if (act === 'pause') expect(calls.at(-1)![0]).toBe(inside[hook] ?? hook)
        if (act === 'pause') protocol.resumeReceiving()
        if (!isOver) expect(calls.at(-1)).toEqual(['onCloseFrame', 1000, []])
        stream.receiveEnd()
        clock.advance(10_000)
        expect(calls.at(-1)![0]).toBe('onClose')
        expect(calls.length).toBeGreaterThanOrEqual(until + (isOver ? 1 : 0))
        expect(calls.filter(([called]) => called === 'onClose').length).toBe(1)
        expect([errors, clock.pending]).toEqual([[], 0])
      }
    })
  }

  it('onClose may send, close, fail and drop: nothing happens any more', () => {
    const results: unknown[] = []
    const { stream, errors, protocol } = openWith([], hook => {
      if (hook !== 'onClose') return undefined
      results.push(protocol.sendMessage('x'), protocol.sendPing(), protocol.beginMessage(true), protocol.sendMessageFrameData(counting(3)))
      results.push(protocol.sendClose(1000), protocol.isWritable, protocol.trafficStats.outgoingMessagesNotSent)
      protocol.failConnection(1008, '')
      protocol.dropConnection()
      return undefined
    })
    stream.close()
    expect(results).toEqual([false, false, false, -3, false, false, 4])
    expect({ errors, sentLength: stream.sent().length, destroyed: stream.destroyed }).toEqual({
      errors: [],
      sentLength: 0,
      destroyed: 'no',
    })
  })
})

function attacked(options: Partial<ServerOptions> = {}, tier: Tier = 'messages') {
  const calls: Call[] = []
  const opened = openServer(recording(tier, calls), options)
  return { ...opened, calls, answers: () => summary(opened.stream.sent()) }
}

function openWith(calls: Call[], answer: (hook: string) => Promise<void> | undefined) {
  return openServer(recording('all', calls, answer), {}, undefined, false)
}

/** Sizes of all arrays of octets that were made meanwhile. */
function allocationsDuring(act: () => void): number[] {
  const sizes: number[] = [0]
  const original = globalThis.Uint8Array
  globalThis.Uint8Array = new Proxy(original, {
    construct: (target, args) => {
      if (typeof args[0] === 'number') sizes.push(args[0])
      return Reflect.construct(target, args)
    },
  })
  try {
    act()
  } finally {
    globalThis.Uint8Array = original
  }
  return sizes
}
