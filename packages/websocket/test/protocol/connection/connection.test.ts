import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { Octets } from '../../../src/bytes/octets.ts'
import { PayloadMemory } from '../../../src/bytes/payload-memory.ts'
import { WebSocketConnection } from '../../../src/protocol/connection/connection.ts'
import type { ConnectionOwner, ConnectionParts, Opening, Role, SharedParts } from '../../../src/protocol/connection/connection-parts.ts'
import type { ExtensionInstance } from '../../../src/protocol/extending/extension.ts'
import { HandshakeFailed, PeerMisbehaved } from '../../../src/protocol/faults/errors.ts'
import { defaultReadAhead } from '../../../src/protocol/hooks/hook-runner.ts'
import type { Hooks } from '../../../src/protocol/hooks/hooks.ts'
import { type Borrower, Loans } from '../../../src/protocol/life/loans.ts'
import { State } from '../../../src/protocol/life/state.ts'
import { defaultsOf } from '../../../src/protocol/options/option-table.ts'
import { type CommonOptions, serverOptions } from '../../../src/protocol/options/options.ts'
import { MessageDelivery } from '../../../src/protocol/receiving/delivery.ts'
import type { ReadingHalf } from '../../../src/protocol/receiving/message-reader.ts'
import { FlushQueue } from '../../../src/protocol/sending/flush-queue.ts'
import { ScratchPool } from '../../../src/protocol/sending/outgoing-batch.ts'
import { PreparedMessage } from '../../../src/protocol/sending/prepared-message.ts'
import type { SendingHalf } from '../../../src/protocol/sending/sending-half.ts'
import { type FakeRuntime, fakeRuntime } from '../../../src/testing/index.ts'
import { nextTurn } from '../../../src/testing/next-turn.ts'
import { FakeStream } from '../fake-stream.ts'
import { closing, framesIn, plain, summary } from '../wire.ts'

describe('WebSocketConnection, opening', () => {
  it('gives the handshake its octets, and frames what is behind it', () => {
    const { connection, stream, log } = make()
    connection.start(handshake(connection, 4))
    stream.receive([1, 2])
    expect({ state: connection.state, log }).toEqual({ state: State.Connecting, log: [] })
    stream.receive([3, 4, ...plain(2, [5])])
    expect({ state: connection.state, log }).toEqual({ state: State.Open, log: ['onOpen', 'onMessage 5'] })
    expect(connection.stats.preopenIncomingOctetsWireLevel).toBe(4)
    expect(connection.agreement).toEqual({ subprotocol: 'x', extensions: [] })
  })

  it('keeps frames that come before the application has decided', () => {
    const { connection, stream, log } = make()
    connection.start({ received: octets => octets.subarray(1) })
    stream.receive([0, ...plain(2, [5])])
    expect(log).toEqual([])
    connection.open({ subprotocol: '', extensions: [] })
    expect(log).toEqual(['onOpen', 'onMessage 5'])
  })

  it('opens once, and not after it was dropped', () => {
    const { connection, log } = make()
    connection.start(handshake(connection, 1))
    connection.open({ subprotocol: '', extensions: [] })
    connection.open({ subprotocol: 'other', extensions: [] })
    expect({ subprotocol: connection.agreement.subprotocol, log }).toEqual({ subprotocol: '', log: ['onOpen'] })
    const dropped = make()
    dropped.connection.start(handshake(dropped.connection, 1))
    dropped.connection.dropConnection(true)
    dropped.connection.open({ subprotocol: '', extensions: [] })
    expect(dropped.log).toEqual([])
  })

  it('begins to read when the handshake was done elsewhere', () => {
    const { connection, stream, log } = make()
    connection.startOpen({ subprotocol: 'x', extensions: [] })
    expect({ state: connection.state, log }).toEqual({ state: State.Open, log: ['onOpen'] })
    stream.receive(plain(2, [5]))
    expect(log).toEqual(['onOpen', 'onMessage 5'])
    expect(connection.agreement.subprotocol).toBe('x')
    expect(connection.stats.preopenIncomingOctetsWireLevel).toBe(0)
  })

  it('counts and shows the octets of our own handshake', () => {
    const seen: number[] = []
    const { connection, stream } = make({ wireTap: { octetsSent: octets => void seen.push(...octets) } })
    connection.start(handshake(connection, 1))
    connection.writeOpening(Uint8Array.of(1, 2, 3))
    expect([...stream.sent()]).toEqual([1, 2, 3])
    expect(seen).toEqual([1, 2, 3])
    expect(connection.stats).toMatchObject({ outgoingOctetsWireLevel: 3, preopenOutgoingOctetsWireLevel: 3 })
  })

  it('has its deadline, however slowly octets trickle', async () => {
    const { connection, stream, clock, log } = make()
    connection.start(handshake(connection, 1000))
    for (let second = 0; second < 5; second++) {
      stream.receive([1])
      clock.advance(1000)
    }
    expect(stream.destroyed).toBe('aborted')
    expect(log).toEqual(['gone', 'onClose false 1006 opening handshake not finished within 5 s'])
    await expect(connection.whenOpened).rejects.toMatchObject({ name: 'HandshakeFailed' })
    expect(await connection.whenClosed).toBe(connection.closeInfo)
  })

  it('has none where that is 0', () => {
    const { connection, clock } = make({ options: { openHandshakeTimeout: 0 } })
    connection.start(handshake(connection, 1))
    expect(clock.pending).toBe(0)
  })

  it('refuses with a response, and lingers so that it arrives', async () => {
    const { connection, stream, clock, log } = make()
    connection.start(handshake(connection, 1))
    connection.refuse(Uint8Array.of(7), new HandshakeFailed('refused', 403))
    connection.refuse(Uint8Array.of(8), new HandshakeFailed('again', 403))
    expect([[...stream.sent()], stream.hasEnded, stream.destroyed]).toEqual([[7], true, 'no'])
    stream.receive([1, 2, 3])
    clock.advance(1000)
    expect(stream.destroyed).toBe('aborted')
    expect(log).toEqual(['gone', 'onClose false 1006 refused'])
    await expect(connection.whenOpened).rejects.toMatchObject({ message: 'refused', status: 403 })
  })

  it('is over when the peer ends in the middle of it', () => {
    const { connection, stream, clock, log } = make()
    connection.start(handshake(connection, 10))
    stream.receive([1])
    stream.receiveEnd()
    clock.flush()
    expect(log).toEqual(['gone', 'onClose false 1006 the peer ended the transport during the opening handshake'])
    expect(connection.closeInfo?.by).toBe('network')
    connection.failOpening(new HandshakeFailed('late'))
  })

  it('gives the same promises however often they are asked for', () => {
    const { connection } = make()
    expect(connection.whenOpened).toBe(connection.whenOpened)
    expect(connection.whenClosed).toBe(connection.whenClosed)
  })

  it('leaves payloads as they are where applyMask is off', () => {
    const { stream, log } = opened({
      options: { applyMask: false },
      role: { isServer: true, masks: true, peerMasks: true, serverConnectionDropTimeout: undefined },
    })
    stream.receive([0x82, 0x81, 1, 2, 3, 4, 9])
    expect(log).toContain('onMessage 9')
  })

  it('rejects with HandshakeFailed also where nothing but the end of the transport is known', async () => {
    const { connection, stream } = make()
    connection.start(handshake(connection, 10))
    stream.close()
    await expect(connection.whenOpened).rejects.toMatchObject({
      name: 'HandshakeFailed',
      message: 'the peer ended the transport during the opening handshake',
    })
  })

  it('takes whole messages when it is open, has room, and no message is begun', () => {
    const { connection, stream } = make({ options: { sendHighWaterMark: 1 } })
    connection.start(handshake(connection, 1))
    expect(connection.outbox.takesMessage).toBe(false)
    stream.receive([1])
    expect(connection.outbox.takesMessage).toBe(true)
    connection.outbox.beginMessage(true, {})
    expect(connection.outbox.takesMessage).toBe(false)
    stream.isStuck = true
    connection.outbox.endMessage()
    expect(connection.outbox.isWritable).toBe(false)
    expect(connection.outbox.takesMessage).toBe(false)
  })

  it('counts unsent octets before it is open, and ignores drains then', () => {
    const { connection, stream } = make()
    connection.start(handshake(connection, 10))
    stream.bufferedAmount = 5
    expect({ bufferedAmount: connection.bufferedAmount, isWritable: connection.outbox.isWritable }).toEqual({
      bufferedAmount: 5,
      isWritable: false,
    })
    connection.drained()
  })
})

describe('WebSocketConnection, timings and observers', () => {
  it('tracks when things happened, where that is wanted', () => {
    const { connection, stream, clock } = opened({ options: { trackTimings: true } })
    clock.advance(3)
    connection.outbox.sendMessage(new Uint8Array(1), true, {})
    stream.receive(plain(2))
    expect([...connection.timings!]).toEqual([
      ['onOpen', 0],
      ['sendMessage', 3],
      ['onMessageBegin', 3],
      ['onMessage', 3],
    ])
    expect(opened().connection.timings).toBeUndefined()
  })

  it('tells an observer of the life of the connection', async () => {
    const seen: unknown[] = []
    const { connection, stream, hooks } = opened({
      hooks: { onMessage: () => Promise.reject(new Error('no')) },
      observer: {
        opened: (source, duration) => void seen.push(['opened', source, duration]),
        closed: (source, info, life) => void seen.push(['closed', source, info, life]),
        failed: (error, source) => void seen.push(['failed', error, source]),
      },
    })
    stream.receive(plain(2))
    await new Promise(resolve => setImmediate(resolve))
    stream.close()
    expect(seen).toEqual([
      ['opened', hooks, 0],
      ['failed', new Error('no'), hooks],
      ['closed', hooks, connection.closeInfo, { wasOpen: true, duration: 0 }],
    ])
  })

  it('ignores what an observer throws, and observers without some methods', () => {
    const fail = (): never => {
      throw new Error('observer')
    }
    for (const observer of [{ opened: fail, closed: fail, failed: fail }, {}]) {
      const { stream, log, errors } = opened({
        observer,
        hooks: {
          onPong: () => {
            throw new Error('hook')
          },
        },
      })
      stream.receive(plain(10))
      stream.close()
      expect(log.at(-1)).toBe('onClose false 1006 failed with 1011: internal error')
      expect(errors).toEqual([new Error('hook')])
    }
  })
})

describe('WebSocketConnection, with extensions', () => {
  it('hands frames of claimed opcodes to onFrame, and sends them', () => {
    const seen: unknown[] = []
    const { connection, stream } = opened({ hooks: { onFrame: (header, payload) => void seen.push([header, [...payload]]) } }, [
      { opcodes: [3, 11], reservedBits: 1 },
    ])
    stream.receive(plain(11, [1], { rsv: 1 }))
    expect(seen).toEqual([[{ opcode: 11, isFinal: true, reserved: 1, length: 1 }, [1]]])
    expect(connection.outbox.sendFrame(3, Uint8Array.of(2), false, 1)).toBe('sent')
    expect(connection.outbox.sendFrame(11, Uint8Array.of(3), true, 0)).toBe('sent')
    expect(framesIn(stream.sent())).toEqual([
      { opcode: 3, isFinal: false, reserved: 1, key: undefined, payload: [2] },
      { opcode: 11, isFinal: true, reserved: 0, key: undefined, payload: [3] },
    ])
  })

  it('refuses to send what no extension has claimed, and frames inside frames', () => {
    const { connection } = opened({}, [{ opcodes: [3, 11], reservedBits: 1 }])
    expect(() => connection.outbox.sendFrame(4, new Uint8Array(0), true, 0)).toThrow('opcode 4 is not claimed by an extension')
    expect(() => connection.outbox.sendFrame(9, new Uint8Array(0), true, 0)).toThrow('opcode 9 is not claimed by an extension')
    expect(() => connection.outbox.sendFrame(3, new Uint8Array(0), true, 2)).toThrow('reserved bits 2 are not claimed by an extension')
    expect(() => connection.outbox.sendFrame(11, new Uint8Array(126), true, 0)).toThrow(
      'a control frame holds at most 125 octets, and not 126',
    )
    expect(connection.outbox.sendFrame(3, new Uint8Array(126), true, 0)).toBe('sent')
    connection.outbox.beginMessage(true, {})
    connection.outbox.beginMessageFrame(1, {})
    expect(() => connection.outbox.sendFrame(3, new Uint8Array(0), true, 0)).toThrow('sendFrame inside a frame that is not complete')
  })

  it('closes them when it is gone, and reports what they throw', () => {
    let closed = 0
    const { stream, errors, log } = opened({}, [
      { close: () => void closed++ },
      {
        close: () => {
          throw new Error('close')
        },
      },
    ])
    stream.close()
    expect([closed, errors.map(({ cause }) => cause), log.at(-1)]).toEqual([
      1,
      [new Error('close')],
      'onClose false 1006 the transport ended without a close frame',
    ])
  })

  it('closes with 1011 where an extension throws anything but a fault of the peer', () => {
    const { stream, errors } = opened({}, [
      {
        reservedBits: 4,
        decoder: () => {
          throw new Error('decoder')
        },
      },
    ])
    stream.receive(plain(2, [1], { rsv: 4 }))
    expect(summary(stream.sent())).toEqual(['8:1011 internal error'])
    expect(errors.map(({ message, cause }) => [message, cause])).toEqual([
      ['extension x failed in its decoder: decoder', new Error('decoder')],
    ])
  })

  it('closes with 1011 where an encoder throws, and does not throw at the sender', () => {
    const one = Uint8Array.of(1)
    const ways: readonly ((outbox: WebSocketConnection['outbox']) => unknown)[] = [
      outbox => outbox.sendMessage(one, true, {}),
      outbox => outbox.sendPreparedMessage(new PreparedMessage(one, true, {})),
      outbox => outbox.beginMessage(true, {}) === 'sent' && outbox.sendMessageFrame(one, {}),
    ]
    for (const send of ways) {
      const write = (): never => {
        throw new Error('encoder')
      }
      const { connection, stream, errors } = opened({}, [
        { reservedBits: 4, encoder: () => ({ reserved: 4, write, end: () => undefined }) },
      ])
      expect(send(connection.outbox)).toBe('skipped')
      expect(summary(stream.sent())).toEqual(['8:1011 internal error'])
      expect(errors.map(({ cause }) => cause)).toEqual([new Error('encoder')])
    }
  })

  it('closes with 1011 where an extension throws when it is asked what it claims, after the handshake was answered', () => {
    const closed: string[] = []
    const broken = {
      get opcodes(): readonly number[] {
        throw new Error('no claims')
      },
    }
    const close = (name: string) => (): void => void closed.push(name)
    const { connection, stream, clock, errors, log } = make()
    connection.start({ received: octets => octets })
    const instances = [
      { reservedBits: 0, opcodes: [], close: close('whole') },
      Object.defineProperties({ reservedBits: 0, close: close('broken') }, Object.getOwnPropertyDescriptors(broken)),
    ] as ExtensionInstance[]
    connection.open({ subprotocol: '', extensions: instances.map(instance => ({ name: 'x', parameters: new Map(), instance })) })
    expect(summary(stream.sent())).toEqual(['8:1011 internal error'])
    expect({ errors, closed, hasEnded: stream.hasEnded }).toEqual({
      errors: [new Error('no claims')],
      closed: ['whole', 'broken'],
      hasEnded: true,
    })
    stream.receive(plain(1, 'x'))
    stream.receiveEnd()
    clock.flush()
    expect(log).toEqual(['gone', 'onClose false 1006 failed with 1011: internal error'])
    expect(clock.pending).toBe(0)
  })

  it('closes with 1011 where an extension blames the peer with a code that no close frame has', () => {
    const fault = new PeerMisbehaved(1006, 'mine')
    const { stream, errors } = opened({}, [
      {
        reservedBits: 4,
        check: () => {
          throw fault
        },
      },
    ])
    stream.receive(plain(2, [1], { rsv: 4 }))
    expect(summary(stream.sent())).toEqual(['8:1011 internal error'])
    expect(errors).toEqual([fault])
  })
})

describe("WebSocketConnection, failed for the peer's fault", () => {
  it('asks its owner for the code and the reason, where that has an opinion', () => {
    const seen: unknown[] = []
    const failureFor: ConnectionOwner['failureFor'] = (error, hooks) => {
      seen.push(error.message, typeof hooks.onMessage)
      return { code: 1008, reason: '' }
    }
    const { connection, stream } = make({ owner: { failureFor } })
    connection.startOpen({ subprotocol: '', extensions: [] })
    stream.receive(plain(5))
    expect(summary(stream.sent())).toEqual(['8:1008'])
    expect(seen).toEqual(['reserved opcode 5', 'function'])
  })
})

describe('WebSocketConnection, failed in a hook', () => {
  it('may fail the connection in onOpen, before anything is read', () => {
    const { connection, stream } = make({ hooks: { onOpen: () => connection.failConnection(1008, 'no') } })
    connection.start(handshake(connection, 1))
    stream.receive([1, ...plain(2)])
    expect(summary(stream.sent())).toEqual(['8:1008 no'])
    expect(connection.state).toBe(State.Closing)
  })

  it('may drop the connection in onCloseFrame, which is not answered then', () => {
    const { connection, stream, clock, log } = opened({
      hooks: {
        onCloseFrame: () => connection.dropConnection(true),
      },
    })
    stream.receive(plain(8, closing(1000)))
    clock.flush()
    expect([stream.sent().length, stream.destroyed, log.at(-1)]).toEqual([0, 'aborted', 'onClose false 1006 dropped by this side'])
  })
})

describe('WebSocketConnection, ended by a peer that was sent nothing', () => {
  it('makes no sending half to read, nor to end', () => {
    const { stream, clock, log, sendingHalves } = opened()
    stream.receive(plain(2, [1]))
    stream.receiveEnd()
    clock.flush()
    expect(sendingHalves()).toBe(0)
    expect([stream.destroyed, log.at(-1)]).toEqual(['gracefully', 'onClose false 1006 the transport ended without a close frame'])
  })

  it('makes a sending half when it first sends', () => {
    const { connection, sendingHalves } = opened()
    connection.outbox.sendPing(new Uint8Array(0))
    connection.outbox.sendPing(new Uint8Array(0))
    expect(sendingHalves()).toBe(1)
  })

  it('calls no whenGone callback after the end', () => {
    const { connection, stream, clock } = opened()
    stream.receiveEnd()
    clock.flush()
    let hasGone = false
    connection.outbox.whenGone(() => {
      hasGone = true
    })
    clock.flush()
    expect(hasGone).toBe(false)
  })
})

describe('WebSocketConnection, gone', () => {
  const ends = {
    'between two messages': ({ stream }: Made) => stream.receiveEnd(),
    'in the middle of a frame': ({ stream }: Made) => {
      stream.receive(plain(2, [1, 2, 3]).slice(0, 4))
      stream.receiveEnd()
    },
    'by its application, in a hook': ({ connection, hooks, stream }: Made) => {
      hooks.onMessage = () => connection.dropConnection(true)
      stream.receive(plain(2, [1]))
    },
    'with octets that the peer does not take': ({ connection, stream }: Made) => {
      stream.isStuck = true
      connection.outbox.sendMessage(new Uint8Array(100), true, {})
      connection.outbox.flush()
      stream.receiveEnd()
      stream.close()
    },
  }
  for (const [how, end] of Object.entries(ends))
    it(`is not held by the halves that it has borrowed: ended ${how}`, async () => {
      const kept = new KeptLoans()
      const gone = goneAfter(end, kept)
      await nextTurn()
      collect()
      expect({ halves: kept.items.length, isHeld: gone.deref() !== undefined }).toEqual({ halves: 2, isHeld: false })
    })

  it('is not held by a half that it has made, and that another one borrows later', async () => {
    const kept = new KeptLoans()
    const gone = goneAfter(({ stream }, beside) => {
      for (let n = 0; n < 64; n++) speak(opened({ beside }))
      stream.receiveEnd()
    }, kept)
    await nextTurn()
    collect()
    expect(gone.deref()).toBe(undefined)
  })

  /** Lends the halves of connections, and keeps all of them. */
  class KeptLoans {
    readonly items: object[] = []

    make<Item extends object>(): Loans<Item> {
      const { items } = this
      class Keeping extends Loans<Item> {
        override borrow(borrower: Borrower<Item>): Item {
          const item = super.borrow(borrower)
          items.push(item)
          return item
        }
      }
      return new Keeping()
    }
  }

  /** Ends a connection that has received a message and sent one, and returns a weak reference to its protocol. */
  function goneAfter(end: (made: Made, beside: Made) => void, kept: KeptLoans): WeakRef<Hooks> {
    const first = make()
    const shared = {
      ...first.shared,
      pool: new ScratchPool(),
      readingHalves: kept.make<ReadingHalf>(),
      sendingHalves: kept.make<SendingHalf>(),
    }
    const beside = { ...first, shared }
    const made = opened({ beside })
    speak(made)
    end(made, beside)
    made.clock.flush()
    expect(made.connection.closeInfo).not.toBe(undefined)
    return new WeakRef(made.hooks)
  }

  /** Receives a message and sends one. */
  function speak({ stream, connection, clock }: Made): void {
    stream.receive(plain(2, [1]))
    connection.outbox.sendMessage(Uint8Array.of(1), true, {})
    clock.flush()
  }
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

type Made = ReturnType<typeof make>

function opened(parts: Parts = {}, extensions: readonly Partial<ExtensionInstance>[] = []) {
  const made = make(parts)
  made.connection.start({ received: octets => octets })
  const instances = extensions.map(instance => ({ reservedBits: 0, opcodes: [], close: () => undefined, ...instance }))
  made.connection.open({ subprotocol: '', extensions: instances.map(instance => ({ name: 'x', parameters: new Map(), instance })) })
  return made
}

interface Parts extends Partial<Omit<ConnectionParts, 'shared' | 'hooks'>> {
  readonly role?: Role
  readonly options?: Partial<CommonOptions>
  readonly hooks?: Partial<Hooks>
  readonly owner?: Partial<ConnectionOwner>
  /** A connection with which it shares everything that connections share. */
  readonly beside?: { readonly shared: SharedParts; readonly runtime: FakeRuntime }
}

function make({ role = server, options, hooks: given, owner, beside, ...parts }: Parts = {}) {
  const runtime = beside?.runtime ?? fakeRuntime()
  const stream = new FakeStream(runtime.clock)
  const log: string[] = []
  const errors: Error[] = []
  let sendingHalves = 0
  const pool = new ScratchPool()
  const quiet = ['onPing', 'onPong', 'onAutoPong', 'onCloseFrame', 'onFrame', 'onDrain']
  const hooks = {
    ...Object.fromEntries(quiet.map(hook => [hook, () => undefined])),
    onOpen: () => void log.push('onOpen'),
    onMessage: (payload: Octets) => void log.push(`onMessage ${payload.join(' ')}`),
    onClose: (wasClean: boolean, code: number, reason: string) => void log.push(`onClose ${wasClean} ${code} ${reason}`),
    ...given,
  } as unknown as Hooks
  const shared: SharedParts = beside?.shared ?? {
    role,
    runtime,
    options: { ...defaultsOf(serverOptions), autoPingInterval: 0, ...options },
    /** Asked for when something to send with is made. */
    get pool() {
      sendingHalves++
      return pool
    },
    readingHalves: new Loans(),
    sendingHalves: new Loans(),
    flushes: new FlushQueue(runtime.clock),
    owner: {
      deliveryFor: (hooks, runner) => new MessageDelivery(runner, hooks, new PayloadMemory(), runtime.clock),
      failed: error => void errors.push(error),
      gone: () => void log.push('gone'),
      onlyAnswersPings: () => false,
      pongCame: () => undefined,
      lastHooksWait: () => undefined,
      ...owner,
    },
    readAhead: defaultReadAhead,
    answersInMicrotasks: false,
  }
  const connection = new WebSocketConnection({ shared, stream, hooks, wireTap: undefined, observer: undefined, ...parts })
  return { connection, stream, runtime, shared, clock: runtime.clock, log, errors, hooks, sendingHalves: () => sendingHalves }
}

/** A handshake that is done after so many octets. */
function handshake(connection: WebSocketConnection, size: number): Opening {
  let missing = size
  return {
    received: octets => {
      const taken = Math.min(missing, octets.length)
      missing -= taken
      if (missing > 0) return undefined
      connection.open({ subprotocol: 'x', extensions: [] })
      return octets.subarray(taken)
    },
  }
}

const server: Role = { isServer: true, masks: false, peerMasks: false, serverConnectionDropTimeout: undefined }
