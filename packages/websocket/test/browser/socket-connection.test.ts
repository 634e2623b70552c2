import { describe, expect, it } from 'vitest'
import { WebSocketClientProtocol } from '../../src/browser/protocol.ts'
import type { SocketResponse } from '../../src/browser/socket-connection.ts'
import { HandshakeFailed } from '../../src/protocol/faults/errors.ts'
import { settled } from '../fixtures/script-socket.ts'
import { ScriptClient, ScriptFactory } from './script-client.ts'

describe('opening', () => {
  it('asks for octets in arrays, and opens with the server', async () => {
    const [client, socket] = new ScriptFactory().connect(false)
    const opened = Promise.all([client.opened, client.opened])
    expect([socket.binaryType, client.state, client.isOpen, client.isWritable]).toEqual(['arraybuffer', 0, false, false])
    socket.accept()
    await opened
    expect([client.state, client.isOpen, client.isWritable, client.subprotocol]).toEqual([1, true, true, 'chat'])
    await client.opened
    expect(client.hooks).toEqual(['onOpen'])
  })

  it('keeps what comes while onConnect is at work, and sends nothing before', async () => {
    let admit: () => void = () => undefined
    class Slow extends ScriptClient {
      override onConnect(): Promise<void> {
        return new Promise(resolve => {
          admit = resolve
        })
      }
    }
    const [client, socket] = new ScriptFactory(Slow).connect<Slow>()
    socket.say('early')
    expect(() => client.sendMessage('too early')).toThrow('sendMessage before the connection is open')
    expect(() => client.sendClose(1000)).toThrow('sendClose before the connection is open')
    expect(() => client.failConnection(1002, 'no')).toThrow('failConnection before the connection is open')
    admit()
    await settled()
    expect(client.hooks).toEqual(['onOpen', 'onTextMessage early'])
  })

  it('gives up where onConnect throws', async () => {
    class Picky extends ScriptClient {
      override onConnect(): void {
        throw new Error('not this one')
      }
    }
    const factory = new ScriptFactory(Picky)
    const [client, socket] = factory.connect<Picky>(false)
    const opened = expect(client.opened).rejects.toThrow('not this one')
    socket.accept()
    await opened
    expect(client.hooks).toEqual(['onClose false 1006 onConnect failed'])
    expect([socket.closes, factory.errors.length, client.state]).toEqual([[[]], 1, 3])
  })

  for (const [what, value] of [
    ['a HandshakeFailed', new HandshakeFailed('not wanted')],
    ['an Error', new Error('not wanted')],
    ['false', false],
    ['true', true],
    ['an object', {}],
  ] as const) {
    for (const how of [(given: unknown): unknown => given, (given: unknown): unknown => Promise.resolve(given)]) {
      it(`gives up where onConnect returns ${what}, at once or later`, async () => {
        class Refusing extends ScriptClient {
          override onConnect(): void {
            return how(value) as undefined
          }
        }
        const factory = new ScriptFactory(Refusing)
        const [client, socket] = factory.connect<Refusing>(false)
        const opened = expect(client.opened).rejects.toThrow(value instanceof Error ? 'not wanted' : 'onConnect returned')
        socket.accept()
        await opened
        expect(client.hooks).toEqual([expect.stringMatching('onClose false 1006')])
        expect(factory.errors).toHaveLength(value instanceof HandshakeFailed ? 0 : 1)
      })
    }
  }

  it('takes HandshakeFailed for an error like any other once it is open', () => {
    class Late extends ScriptClient {
      override onOpen(): void {
        throw new HandshakeFailed('too late')
      }
    }
    const factory = new ScriptFactory(Late)
    const [, socket] = factory.connect<Late>()
    expect(socket.closes).toEqual([[4011, 'internal error']])
    expect(factory.errors.map(({ message }) => message)).toEqual(['too late'])
  })

  it('gives up without a report where onConnect throws HandshakeFailed', async () => {
    const why = new HandshakeFailed('not the server that was wanted')
    class Picky extends ScriptClient {
      override async onConnect(): Promise<void> {
        throw why
      }
    }
    const factory = new ScriptFactory(Picky)
    const [client, socket] = factory.connect<Picky>(false)
    const opened = expect(client.opened).rejects.toBe(why)
    socket.accept()
    await opened
    expect(client.hooks).toEqual(['onClose false 1006 not the server that was wanted'])
    expect([socket.closes, factory.errors]).toEqual([[[]], []])
  })

  it('rejects with what the platform said where it cannot be opened', async () => {
    const [client, socket] = new ScriptFactory().connect(false)
    const opened = expect(client.opened).rejects.toMatchObject({
      name: 'HandshakeFailed',
      message: 'the connection could not be opened: Unexpected server response: 404',
    })
    socket.happen({ type: 'error', message: 'Unexpected server response: 404' })
    socket.end()
    await opened
    await expect(client.opened).rejects.toMatchObject({ name: 'HandshakeFailed' })
    expect(client.hooks).toEqual(['onClose false 1006 the connection could not be opened'])
    expect(client.closeInfo).toMatchObject({ by: 'network', wasClean: false })
    socket.accept()
    expect(client.state).toBe(3)
  })

  it('rejects also where the platform tells of an error and of no end', async () => {
    const factory = new ScriptFactory()
    const [client, socket] = factory.connect(false)
    const opened = expect(client.opened).rejects.toThrow('the connection could not be opened: Received network error')
    socket.happen({ type: 'error', message: 'Received network error' })
    expect(client.state).toBe(0)
    factory.fakeClock.flush()
    await opened
    socket.end()
    expect(client.hooks).toEqual(['onClose false 1006 the connection could not be opened'])
  })
})

describe('the response', () => {
  it('is there in onConnect', () => {
    const seen: unknown[] = []
    class Client extends ScriptClient {
      override onConnect(response: SocketResponse): void {
        seen.push(response, this.response, this.subprotocol)
      }
    }
    const [client, socket] = new ScriptFactory(Client).connect<Client>(false)
    expect({ before: client.response, subprotocol: client.subprotocol }).toEqual({ before: undefined, subprotocol: '' })
    socket.accept('chat')
    expect(seen).toEqual([{ protocol: 'chat' }, { protocol: 'chat' }, 'chat'])
  })

  it('is undefined for a connection that never opened', () => {
    let seen: unknown = 'not asked'
    class Client extends ScriptClient {
      override onClose(): void {
        seen = this.response
      }
    }
    const [client, socket] = new ScriptFactory(Client).connect<Client>(false)
    socket.end()
    expect({ inOnClose: seen, later: client.response }).toEqual({ inOnClose: undefined, later: undefined })
  })
})

describe('messages', () => {
  it('are text as strings, and binary as octets', () => {
    const seen: unknown[] = []
    class Both extends ScriptClient {
      override onTextMessage(text: string): void {
        seen.push(text)
      }
      override onMessage(payload: Uint8Array, isBinary: boolean): void {
        seen.push({ payload: [...payload], isBinary })
      }
    }
    const [, socket] = new ScriptFactory(Both).connect<Both>()
    socket.say('ä', Uint8Array.of(1, 2))
    expect(seen).toEqual(['ä', { payload: [1, 2], isBinary: true }])
  })

  it('are octets where there is no hook for text, as on Node', () => {
    const seen: unknown[] = []
    class Octets extends WebSocketClientProtocol {
      override onMessage(payload: Uint8Array, isBinary: boolean): void {
        seen.push({ payload: [...payload], isBinary })
      }
    }
    const [, socket] = new ScriptFactory(Octets).connect<Octets>()
    socket.say('ä', Uint8Array.of(1, 2))
    expect(seen).toEqual([
      { payload: [0xc3, 0xa4], isBinary: false },
      { payload: [1, 2], isBinary: true },
    ])
  })

  it('above the limit are refused, counted in octets', () => {
    const [client, socket] = new ScriptFactory(ScriptClient, { maxMessagePayloadSize: 8 }).connect()
    socket.say('12', '1234ää')
    expect(client.hooks).toEqual(['onOpen', 'onTextMessage 12', 'onTextMessage 1234ää'])
    socket.say('12345ää')
    expect(socket.closes).toEqual([[4009, 'message of 9 octets; at most 8 are taken']])
    expect(client.isOpen).toBe(false)
    const [, other] = new ScriptFactory(ScriptClient, { maxMessagePayloadSize: 0 }).connect()
    other.say('x'.repeat(10_000))
    expect(other.closes).toEqual([])
  })

  it('wait behind a thenable that is not a promise, and none of them is lost', async () => {
    const heard: string[] = []
    class Thenable extends ScriptClient {
      override onTextMessage(text: string): Promise<void> {
        heard.push(text)
        // biome-ignore lint/suspicious/noThenProperty: a thenable of another library
        return { then: (resolve: () => void) => resolve() } as Promise<void>
      }
    }
    const [client, socket] = new ScriptFactory(Thenable).connect<Thenable>()
    socket.say('one', 'two')
    await settled()
    expect({ heard, isOpen: client.isOpen, closes: socket.closes }).toEqual({ heard: ['one', 'two'], isOpen: true, closes: [] })
  })

  it('wait behind the promise of the one before', async () => {
    const heard: string[] = []
    const release: (() => void)[] = []
    class Slow extends ScriptClient {
      override async onTextMessage(text: string): Promise<void> {
        heard.push(text)
        await new Promise<void>(resolve => release.push(resolve))
      }
    }
    const [client, socket] = new ScriptFactory(Slow).connect<Slow>()
    socket.say('one', 'two', 'three')
    expect(heard).toEqual(['one'])
    release.shift()?.()
    await settled()
    expect(heard).toEqual(['one', 'two'])
    socket.end(1000, 'bye')
    expect(client.hooks).toEqual(['onOpen', 'onClose true 1000 bye'])
    release.shift()?.()
    await settled()
    expect(heard).toEqual(['one', 'two'])
  })

  it('close the connection where a hook throws, and the error is reported', () => {
    class Faulty extends ScriptClient {
      override onTextMessage(): void {
        throw new Error('not this')
      }
    }
    const factory = new ScriptFactory(Faulty)
    const [client, socket] = factory.connect<Faulty>()
    socket.say('this')
    expect(socket.closes).toEqual([[4011, 'internal error']])
    expect(factory.errors).toMatchObject([{ message: 'not this' }])
    expect(client.isOpen).toBe(false)
  })
})

describe('messages that wait for a hook', () => {
  const limit = { maxWaitingSize: 5000 }
  const event = 'x'.repeat(1000)
  const closed = 'messages that wait for a hook take more than 5000 octets'

  it('are bounded by maxWaitingSize; above it the connection is failed, and nothing of them is kept', () => {
    class Slow extends ScriptClient {
      override onOpen(): Promise<void> {
        return new Promise(() => undefined)
      }
    }
    const [client, socket] = new ScriptFactory(Slow, limit).connect()
    socket.say(event, event, event)
    expect(client.isOpen).toBe(true)
    socket.say(event)
    expect(socket.closes).toEqual([[4008, closed]])
  })

  it('are bounded behind onConnect too, before the connection is open', async () => {
    class Slow extends ScriptClient {
      override onConnect(): Promise<void> {
        return new Promise(() => undefined)
      }
    }
    const [client, socket] = new ScriptFactory(Slow, limit).connect()
    const opened = expect(client.opened).rejects.toThrow(closed)
    socket.say(event, event, event, event)
    await opened
    expect(client.closeInfo).toMatchObject({ code: 1006, wasClean: false })
  })
})

describe('sending', () => {
  it('returns false above the high-water mark, and calls onDrain when everything has been sent', () => {
    const factory = new ScriptFactory(ScriptClient, { sendHighWaterMark: 10 })
    const [client, socket] = factory.connect()
    expect(client.sendMessage('1')).toBe(true)
    socket.bufferedAmount = 11
    expect([client.sendMessage('2'), client.sendMessage('3')]).toEqual([false, false])
    expect([client.isWritable, client.bufferedAmount]).toEqual([false, 11])
    factory.fakeClock.advance(60)
    expect(client.hooks).toEqual(['onOpen'])
    socket.bufferedAmount = 0
    factory.fakeClock.advance(60)
    expect(client.hooks).toEqual(['onOpen', 'onDrain'])
    factory.fakeClock.advance(1000)
    expect([client.hooks.length, factory.fakeClock.pending, socket.sent]).toEqual([2, 0, ['1', '2', '3']])
  })

  it('gives up above maxUnsentSize', async () => {
    const factory = new ScriptFactory(ScriptClient, { maxUnsentSize: 100 })
    const [client, socket] = factory.connect()
    socket.bufferedAmount = 101
    expect(client.sendMessage('1')).toBe(false)
    const reason = 'more than 100 octets are unsent: the peer reads too slowly'
    expect(await client.closed).toEqual({ code: 1006, reason, wasClean: false, by: 'self' })
    expect([socket.closes, factory.fakeClock.pending]).toEqual([[[]], 0])
    const [other, unbounded] = new ScriptFactory(ScriptClient, { maxUnsentSize: 0 }).connect()
    unbounded.bufferedAmount = 2 ** 40
    other.sendMessage('1')
    expect(other.isOpen).toBe(true)
  })

  it('is false once the connection is closing, and never throws then', () => {
    const [client, socket] = new ScriptFactory().connect()
    client.sendClose(1000)
    expect([client.sendMessage('1'), socket.sent]).toEqual([false, []])
  })

  it('stops asking for what is unsent when the connection is gone', () => {
    const factory = new ScriptFactory()
    const [client, socket] = factory.connect()
    socket.bufferedAmount = 2 ** 20
    client.sendMessage('1')
    socket.end()
    factory.fakeClock.advance(1000)
    expect([client.hooks, factory.fakeClock.pending]).toEqual([['onOpen', 'onClose false 1006 the connection was lost'], 0])
  })
})

describe('closing', () => {
  it('tells the code and the reason of the peer', async () => {
    const [client, socket] = new ScriptFactory().connect()
    socket.end(3000, 'enough')
    expect(client.hooks).toEqual(['onOpen', 'onClose true 3000 enough'])
    expect(await client.closed).toEqual({ code: 3000, reason: 'enough', wasClean: true, by: 'peer' })
    expect(client.closeInfo).toEqual(await client.closed)
    socket.end(1000)
    expect(client.hooks.length).toBe(2)
  })

  it('from this side sends the codes of the protocol with 3000 added', async () => {
    const [client, socket] = new ScriptFactory().connect()
    expect([client.sendClose(1001, 'leaving'), client.sendClose(1000)]).toEqual([true, false])
    expect([socket.closes, client.state]).toEqual([[[4001, 'leaving']], 2])
    socket.end(4001)
    expect(await client.closed).toEqual({ code: 4001, reason: '', wasClean: true, by: 'self', localCloseCode: 4001 })
  })

  it('checks the code and the reason, and says which are allowed', () => {
    const [client, socket] = new ScriptFactory().connect()
    expect(() => client.sendClose(1005)).toThrow('close code 1005 may not be sent; 1000-1003, 1007-1014 and 3000-4999 may')
    expect(() => client.sendClose(1000, 'ä'.repeat(62))).toThrow('close reason of 124 octets; at most 123 fit')
    expect(() => client.sendClose(undefined, 'x')).toThrow('a close reason needs a close code')
    expect(socket.closes).toEqual([])
    expect(client.sendClose()).toBe(true)
    expect(socket.closes).toEqual([[undefined, '']])
  })

  it('ends by itself where the peer does not answer', async () => {
    const factory = new ScriptFactory()
    const [client] = factory.connect()
    client.sendClose(1000)
    factory.fakeClock.advance(4999)
    expect(client.state).toBe(2)
    factory.fakeClock.advance(1)
    expect(await client.closed).toMatchObject({ code: 1006, reason: 'the close frame was not answered within 5 s', by: 'self' })
    const patient = new ScriptFactory(ScriptClient, { closeHandshakeTimeout: 0 })
    patient.connect()[0].sendClose(1000)
    expect(patient.fakeClock.pending).toBe(0)
  })

  it('fails once, with the first reason, cut to what fits', async () => {
    const [client, socket] = new ScriptFactory().connect()
    client.failConnection(1002, 'ä'.repeat(100))
    client.failConnection(1008, 'too late')
    expect(socket.closes).toEqual([[4002, 'ä'.repeat(61)]])
    socket.end(4002)
    client.failConnection(1008, 'much too late')
    expect((await client.closed).reason).toBe(`failed with 1002: ${'ä'.repeat(100)}`)
  })

  it('is over at once when it is dropped', async () => {
    const [client, socket] = new ScriptFactory().connect()
    client.dropConnection()
    client.dropConnection()
    expect(client.hooks).toEqual(['onOpen', 'onClose false 1006 dropped by this side'])
    expect([socket.closes, (await client.closed).by]).toEqual([[[]], 'self'])
    socket.say('late')
    expect(client.hooks.length).toBe(2)
  })

  it('passes on what the platform reported about a lost connection', async () => {
    const [client, socket] = new ScriptFactory().connect()
    const error = new Error('ECONNRESET')
    socket.happen({ type: 'error', error })
    socket.end()
    expect(await client.closed).toMatchObject({ reason: 'the connection was lost', by: 'network', cause: error })
  })

  it('reports what onClose throws, and settles all the same', async () => {
    class Faulty extends ScriptClient {
      override async onClose(): Promise<void> {
        throw new Error('in onClose')
      }
    }
    class Throwing extends ScriptClient {
      override onClose(): void {
        throw new Error('in onClose')
      }
    }
    for (const kind of [Faulty, Throwing]) {
      const factory = new ScriptFactory(kind)
      const [client, socket] = factory.connect<ScriptClient>()
      socket.end(1000)
      await client.closed
      await settled()
      expect(factory.errors).toMatchObject([{ message: 'in onClose' }])
    }
  })
})
