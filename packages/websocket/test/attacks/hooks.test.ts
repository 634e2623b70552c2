import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServerProtocol } from '../../src/index.ts'
import { upgradeRequest } from '../fixtures/echo.ts'
import { until } from '../fixtures/until.ts'
import { Attacker, frame } from './attacker.ts'
import { Victim } from './victim.ts'

afterEach(async () => {
  Attacker.endAll()
  await Victim.endAll()
})

const whatComes: readonly (readonly [hook: string, octets: Buffer])[] = [
  ['onOpen', Buffer.alloc(0)],
  ['onMessage', frame(0x81, 'hello')],
  ['onMessageBegin', frame(0x81, 'hello')],
  ['onMessageFrame', frame(0x81, 'hello')],
  ['onMessageEnd', frame(0x81, 'hello')],
  ['onMessageFrameBegin', frame(0x81, 'hello')],
  ['onMessageFrameData', frame(0x81, 'hello')],
  ['onMessageFrameEnd', frame(0x81, 'hello')],
  ['onPing', frame(0x89, 'hello')],
  ['onPong', frame(0x8a, 'hello')],
  ['onCloseFrame', frame(0x88, '')],
]

describe('against the hooks of an application', () => {
  for (const [hook, octets] of whatComes) {
    for (const [how, act] of [
      ['throws', () => thrown('secret')],
      ['rejects', () => Promise.reject(new Error('secret'))],
      ['rejects later', async () => thrown(await new Promise<string>(resolve => setImmediate(() => resolve('secret'))))],
    ] as const) {
      it(`finds an ${hook} that ${how}: that connection ends with 1011, the others go on`, async () => {
        const victim = await Victim.listening({ protocol: having(hook, act) })
        const bystander = hook === 'onOpen' ? undefined : await Attacker.within(victim.port, upgradeRequest())
        const attacker = await Attacker.to(victim.port)
        attacker.socket.write(Buffer.concat([Buffer.from(upgradeRequest()), octets]))
        expect(await attacker.failed()).toBe('1011 internal error')
        expect((await attacker.whole).includes('secret')).toBe(false)
        expect(victim.factory.errors.map(({ message }) => message)).toEqual(['secret'])
        expect(bystander?.isOver ?? false).toBe(false)
        await until(() => victim.factory.connectionCount === (bystander === undefined ? 0 : 1))
      })
    }
  }

  for (const [how, act] of [
    ['throws', () => thrown('secret')],
    ['rejects', () => Promise.reject(new Error('secret'))],
  ] as const) {
    it(`finds an onClose that ${how}`, async () => {
      const victim = await Victim.listening({ protocol: having('onClose', act) })
      const attacker = await Attacker.within(victim.port, upgradeRequest())
      attacker.socket.resetAndDestroy()
      await until(() => victim.factory.errors.length > 0)
      expect(victim.factory.errors.map(({ message }) => message)).toEqual(['secret'])
    })
  }

  it('finds a hook that throws no error but something else', async () => {
    const victim = await Victim.listening({
      protocol: having('onMessage', () => {
        throw 'a mere string'
      }),
    })
    const attacker = await Attacker.within(victim.port, upgradeRequest())
    attacker.socket.write(frame(0x81, 'hello'))
    expect(await attacker.failed()).toBe('1011 internal error')
    expect(victim.factory.errors.map(({ message }) => message)).toEqual(['a mere string'])
  })

  it('finds an onMessage that gives its payload to another thread, with more behind it', async () => {
    class Generous extends WebSocketServerProtocol {
      override onMessage(payload: Uint8Array): void {
        const { length } = payload
        structuredClone(payload, { transfer: [payload.buffer as ArrayBuffer] })
        this.sendMessage(`${length}`)
      }
    }
    const victim = await Victim.listening({ protocol: Generous })
    const attacker = await Attacker.within(victim.port, upgradeRequest())
    attacker.socket.write(Buffer.concat([frame(0x82, Buffer.alloc(1000)), frame(0x82, Buffer.alloc(2)), frame(0x82, Buffer.alloc(3))]))
    await until(() => attacker.received.toString('latin1') === '\x81\x041000\x81\x012\x81\x013')
  })

  it('finds an onError that throws', async () => {
    const printed: unknown[] = []
    const print = console.error
    console.error = (...what: unknown[]) => printed.push(...what)
    try {
      const victim = await Victim.listening({ protocol: having('onMessage', () => thrown('first')) })
      victim.factory.onError = () => thrown('second')
      const attacker = await Attacker.within(victim.port, upgradeRequest())
      attacker.socket.write(frame(0x81, 'hello'))
      expect(await attacker.failed()).toBe('1011 internal error')
    } finally {
      console.error = print
    }
    expect(printed).toEqual([expect.objectContaining({ message: 'second' })])
  })
})

function having(hook: string, act: () => unknown): new () => WebSocketServerProtocol {
  class Careless extends WebSocketServerProtocol {}
  Object.defineProperty(Careless.prototype, hook, { value: act })
  return Careless
}

function thrown(message: string): never {
  throw new Error(message)
}
