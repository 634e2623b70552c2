import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import {
  attachWS,
  connectWS,
  HandshakeFailed,
  HttpException,
  serve,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerProtocol,
} from '../../src/index.ts'
import { upgradeRequest } from '../fixtures/echo.ts'
import { HttpServers } from '../fixtures/http-server.ts'
import { until } from '../fixtures/until.ts'
import { Attacker, frame } from './attacker.ts'
import { Victim } from './victim.ts'

// An error that reaches the event loop fails the run, so most of these tests need not look for one.

const servers = new HttpServers()

afterEach(async () => {
  servers.end()
  Attacker.endAll()
  await Victim.endAll()
})

/** Values that applications may throw and that are hard to inspect. */
const hostile: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  'a symbol': () => Symbol('x'),
  'an object without a prototype': () => Object.create(null),
  'a revoked proxy': revokedProxy,
  'an error whose message cannot be read': () => unreadable(new Error('x'), 'message'),
  'an error whose message is a symbol': () => Object.assign(new Error('x'), { message: Symbol('x') }),
  'an error whose stack cannot be read': () => unreadable(new Error('x'), 'stack'),
  'an HttpException whose status cannot be read': () => unreadable(new HttpException(403, 'no'), 'status'),
  'an HttpException whose headers cannot be read': () => unreadable(new HttpException(403, 'no'), 'headers'),
  'a HandshakeFailed whose message cannot be read': () => unreadable(new HandshakeFailed('x'), 'message'),
}

describe('against hooks that throw what cannot be looked at', () => {
  for (const [what, make] of Object.entries(hostile)) {
    for (const [how, act] of waysOf(make)) {
      it(`finds an onConnect that ${how} ${what}: that client is answered 500, the next one too`, async () => {
        const victim = await Victim.listening({ protocol: having('onConnect', act) })
        for (let i = 0; i < 2; i++) {
          const attacker = await Attacker.to(victim.port)
          attacker.socket.write(upgradeRequest())
          await until(() => attacker.received.includes('\r\n\r\n'))
          expect(attacker.received.toString('latin1').split(' ')[1]).toBe('500')
        }
        expect(victim.factory.errors.every(error => typeof error.message === 'string')).toBe(true)
      })

      it(`finds an onMessage that ${how} ${what}: that connection ends with 1011`, async () => {
        const victim = await Victim.listening({ protocol: having('onMessage', act) })
        const attacker = await Attacker.within(victim.port, upgradeRequest())
        attacker.socket.write(frame(0x81, 'hello'))
        expect(await attacker.failed()).toBe('1011 internal error')
        expect(victim.factory.errors).toHaveLength(1)
      })

      for (const hook of ['onConnecting', 'onConnect']) {
        it(`finds a client's ${hook} that ${how} ${what}: the client gives up`, async () => {
          const victim = await Victim.listening()
          class Client extends WebSocketClientProtocol {}
          Object.defineProperty(Client.prototype, hook, { value: act })
          const factory = new WebSocketClientFactory(`ws://127.0.0.1:${victim.port}`, { protocol: Client })
          factory.onError = () => {}
          await expect(connectWS(factory)).rejects.toBeInstanceOf(HandshakeFailed)
          await until(() => victim.factory.connectionCount === 0)
        })
      }
    }

    it(`finds an onError that throws ${what}, which cannot be printed either`, async () => {
      const victim = await Victim.listening({ protocol: having('onMessage', thrower(make)) })
      victim.factory.onError = thrower(make)
      const attacker = await Attacker.within(victim.port, upgradeRequest())
      await silently(async () => {
        attacker.socket.write(frame(0x81, 'hello'))
        expect(await attacker.failed()).toBe('1011 internal error')
      })
    })
  }
})

describe('against functions that should return at once and are async', () => {
  it('finds a buildProtocol that rejects: the client is dropped', async () => {
    const victim = await Victim.listening()
    victim.factory.buildProtocol = rejecting as never
    const client = new WebSocketClientFactory(`ws://127.0.0.1:${victim.port}`, { protocol: class extends WebSocketClientProtocol {} })
    await expect(connectWS(client)).rejects.toBeInstanceOf(HandshakeFailed)
    expect(victim.factory.errors.map(error => error.message)).toEqual([expect.stringContaining('buildProtocol must return')])
  })

  it("finds a client's buildProtocol that rejects", async () => {
    const victim = await Victim.listening()
    const factory = new WebSocketClientFactory(`ws://127.0.0.1:${victim.port}`)
    factory.buildProtocol = rejecting as never
    await expect(connectWS(factory)).rejects.toThrow('buildProtocol must return')
  })

  it('finds an onError that rejects, and prints why', async () => {
    const victim = await Victim.listening({
      protocol: having(
        'onMessage',
        thrower(() => new Error('first')),
      ),
    })
    victim.factory.onError = rejecting
    const attacker = await Attacker.within(victim.port, upgradeRequest())
    const printed = await silently(async () => {
      attacker.socket.write(frame(0x81, 'hello'))
      expect(await attacker.failed()).toBe('1011 internal error')
    })
    expect(printed).toEqual([expect.objectContaining({ message: 'late' })])
  })

  it('finds a wire tap that rejects', async () => {
    const victim = await Victim.listening({
      wireTap: { octetsReceived: rejecting, octetsSent: rejecting, frameReceived: rejecting, frameSent: rejecting },
    })
    const attacker = await Attacker.within(victim.port, upgradeRequest())
    attacker.socket.write(frame(0x81, 'hello'))
    await until(() => attacker.received.includes('hello'))
  })

  it('finds a path function of attachWS that rejects: answered 500', async () => {
    const victim = await Victim.listening()
    const server = createServer()
    attachWS(victim.factory, server, { path: rejecting as never })
    const attacker = await Attacker.to(await servers.start(server))
    attacker.socket.write(upgradeRequest())
    expect((await attacker.whole).toString('latin1').split(' ')[1]).toBe('500')
  })

  it('finds an onConnect whose subprotocol is a promise that rejects, and a thenable that settles with one: answered 500', async () => {
    for (const answer of [() => ({ protocol: rejecting() }), () => thenable(done => done(rejecting())), () => ({ headers: rejecting() })]) {
      const errors: Error[] = []
      const listener = await serve(
        { host: '127.0.0.1', port: 0, onConnect: answer as never, onError: error => void errors.push(error) },
        () => {},
      )
      const attacker = await Attacker.to(listener.port!)
      attacker.socket.write(upgradeRequest())
      expect((await attacker.whole).toString('latin1').split(' ')[1]).toBe('500')
      await listener.close({ timeout: 0 })
    }
  })

  it('finds an onConnect whose thenable accepts and then refuses: the first word counts', async () => {
    const victim = await Victim.listening({
      protocol: having('onConnect', () => thenable((done, fail) => [done(undefined), fail(new HttpException(403, 'no'))])),
    })
    await Attacker.within(victim.port, upgradeRequest())
    expect(victim.factory.errors).toEqual([])
  })
})

function waysOf(make: () => unknown): readonly (readonly [how: string, act: () => unknown])[] {
  return [
    ['throws', thrower(make)],
    ['rejects with', async () => thrower(make)()],
  ]
}

function thrower(make: () => unknown): () => never {
  return () => {
    throw make()
  }
}

async function rejecting(): Promise<never> {
  throw new Error('late')
}

function thenable(then: (done: (value: unknown) => void, fail: (error: unknown) => void) => unknown): unknown {
  return Object.fromEntries([['then', then]])
}

function unreadable(error: Error, property: string): Error {
  return Object.defineProperty(error, property, {
    get() {
      throw new Error(`${property} was read`)
    },
  })
}

function revokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function having(hook: string, act: () => unknown): new () => WebSocketServerProtocol {
  class Careless extends WebSocketServerProtocol {}
  Object.defineProperty(Careless.prototype, hook, { value: act })
  return Careless
}

/** Runs with `console.error` replaced by one that reads what it prints; gives what was printed. */
async function silently(run: () => Promise<void>): Promise<unknown[]> {
  const printed: unknown[] = []
  const print = console.error
  console.error = (what: unknown) => {
    if (what instanceof Error) void what.stack
    printed.push(what)
  }
  try {
    await run()
  } finally {
    console.error = print
  }
  return printed
}
