import { describe, expect, it } from 'vitest'
import { callOnlooker, joinedTaps, type WireTap } from '../../../src/protocol/frames/wire-tap.ts'
import { ClientProtocol, openClient, openServer, recording, ServerProtocol } from '../opened.ts'
import { frame, framesIn } from '../wire.ts'

const header = { opcode: 1, isFinal: true, reserved: 0, length: 0 }

describe('callOnlooker', () => {
  it('ignores what an onlooker throws or rejects with', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', note)
    callOnlooker(() => {
      throw new Error('thrown')
    })
    callOnlooker(() => Promise.reject(new Error('rejected')))
    await new Promise(resolve => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})

describe('joinedTaps', () => {
  it('is the only tap, or undefined without any', () => {
    const tap = noting([], 'a')
    expect(joinedTaps(tap, undefined)).toBe(tap)
    expect(joinedTaps(undefined, tap)).toBe(tap)
    expect(joinedTaps(undefined, undefined)).toBeUndefined()
  })

  it('calls both taps, and skips missing methods', () => {
    const log: string[] = []
    callAll(joinedTaps(noting(log, 'a'), noting(log, 'b'))!)
    callAll(joinedTaps({}, noting(log, 'c'))!)
    callAll(joinedTaps(noting(log, 'd'), {})!)
    const each = (names: string[]): string[] => hooks.flatMap(hook => names.map(name => `${name} ${hook}`))
    expect(log).toEqual([...each(['a', 'b']), ...each(['c']), ...each(['d'])])
  })

  it('calls the second tap also when the first one throws or rejects', () => {
    const log: string[] = []
    const throwing = (): never => {
      throw new Error('no')
    }
    const rejecting = async (): Promise<never> => throwing()
    for (const hook of [throwing, rejecting]) {
      const careless = { octetsReceived: hook, octetsSent: hook, frameReceived: hook, frameSent: hook }
      callAll(joinedTaps(careless, noting(log, 'a'))!)
    }
    expect(log).toEqual([...hooks, ...hooks].map(hook => `a ${hook}`))
  })
})

describe('a wire tap', () => {
  it('sees all octets, the handshake included, and all frames', () => {
    const seen: unknown[] = []
    const sizes = { received: 0, sent: 0 }
    const wireTap: WireTap = {
      octetsReceived: octets => {
        sizes.received += octets.length
      },
      octetsSent: octets => {
        sizes.sent += octets.length
      },
      frameReceived: header => void seen.push(['received', header]),
      frameSent: header => void seen.push(['sent', header]),
    }
    const { protocol, stream } = openServer(ServerProtocol, { wireTap })
    stream.receive(frame(9, 'x'))
    protocol.sendMessage('ab', false, { fragmentSize: 1 })
    protocol.sendPreparedMessage(protocol.factory.prepareMessage('abc'))
    stream.sent()
    expect(sizes).toEqual({ received: protocol.trafficStats.incomingOctetsWireLevel, sent: protocol.trafficStats.outgoingOctetsWireLevel })
    expect(seen).toEqual([
      ['received', { opcode: 9, isFinal: true, reserved: 0, length: 1 }],
      ['sent', { opcode: 10, isFinal: true, reserved: 0, length: 1 }],
      ['sent', { opcode: 1, isFinal: false, reserved: 0, length: 1 }],
      ['sent', { opcode: 0, isFinal: true, reserved: 0, length: 1 }],
      ['sent', { opcode: 1, isFinal: true, reserved: 0, length: 3 }],
    ])
  })

  it('is told which protocol', () => {
    const sources = new Set<object>()
    const wireTap: WireTap = Object.fromEntries(hooks.map(hook => [hook, (_: unknown, source: object) => void sources.add(source)]))
    const { protocol, stream } = openServer(ServerProtocol, { wireTap })
    stream.receive(frame(9, 'x'))
    stream.sent()
    expect([...sources]).toEqual([protocol])
  })

  it('does not affect the connection by throwing', () => {
    const fail = (): never => {
      throw new Error('tap')
    }
    const wireTap: WireTap = { octetsReceived: fail, octetsSent: fail, frameReceived: fail, frameSent: fail }
    const calls: unknown[] = []
    const { stream, protocol, errors } = openServer(recording('messages', calls as never), { wireTap })
    stream.receive(frame(2, [1]))
    protocol.sendMessage('x')
    expect(stream.sent().length).toBe(3)
    expect(calls.at(-1)).toEqual(['onMessage', [1], true])
    expect(errors).toEqual([])
  })

  for (const [what, message, size] of [
    ['a short message', 'inner', 5],
    ['one that flushes', new Uint8Array(70_000), 70_000],
  ] as const) {
    for (const masks of [true, false]) {
      it(`leaves frames whole where it sends ${what} itself, ${masks ? 'masked' : 'unmasked'}`, () => {
        let told = 0
        const wireTap: WireTap = {
          frameSent: (_, source) => {
            if (told++ === 0) (source as ClientProtocol).sendMessage(message)
          },
        }
        const { protocol, stream } = openClient(ClientProtocol, { wireTap, maskClientFrames: masks })
        protocol.sendMessage('outer')
        expect(framesIn(stream.sent()).map(({ opcode, payload }) => [opcode, payload.length])).toEqual([
          [1, 5],
          [typeof message === 'string' ? 1 : 2, size],
        ])
      })
    }
  }

  it('may leave out any of its hooks', () => {
    const { protocol, stream } = openClient(ClientProtocol, { wireTap: {} })
    stream.receive([0x89, 0])
    protocol.sendMessage('x')
    expect(stream.sent().length).toBe(6 + 7)
  })
})

const hooks = ['octetsReceived', 'octetsSent', 'frameReceived', 'frameSent'] as const

function noting(log: string[], name: string): WireTap {
  return Object.fromEntries(hooks.map(hook => [hook, () => void log.push(`${name} ${hook}`)]))
}

function callAll(tap: WireTap): void {
  tap.octetsReceived?.(new Uint8Array(0), tap)
  tap.octetsSent?.(new Uint8Array(0), tap)
  tap.frameReceived?.(header, tap)
  tap.frameSent?.(header, tap)
}
