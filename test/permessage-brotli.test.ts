import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import {
  type CloseInfo,
  connectWS,
  type Extension,
  type ExtensionInstance,
  type ExtensionParameters,
  listenWS,
  type MessageTransform,
  type Octets,
  type ServerFactoryOptions,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '@autobahn-ts/websocket'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lgwinOf } from '../examples/permessage-brotli/codecs.mjs'
import { permessageBrotli } from '../examples/permessage-brotli/permessage-brotli.mjs'

type BrotliOptions = NonNullable<Parameters<typeof permessageBrotli>[0]>

const modes: readonly (readonly [string, BrotliOptions])[] = [
  ['with context takeover', { threshold: 0 }],
  ['without', { threshold: 0, noContextTakeover: true, requestNoContextTakeover: true }],
]

describe('permessage-brotli, its parameters', () => {
  for (const [offers, options, answer] of [
    [['server_lgwin=16; client_lgwin=16'], {}, 'server_lgwin=16; client_lgwin=16'],
    [[''], {}, 'server_lgwin=16; client_lgwin=16'],
    [['server_lgwin=10; client_lgwin=24'], { lgwin: 20, requestMaxLgwin: 22 }, 'server_lgwin=10; client_lgwin=22'],
    [['server_no_context_takeover'], {}, 'server_no_context_takeover; server_lgwin=16; client_lgwin=16'],
    [
      ['client_no_context_takeover'],
      { noContextTakeover: true },
      'server_no_context_takeover; server_lgwin=16; client_no_context_takeover; client_lgwin=16',
    ],
    [['server_lgwin=9', 'quality=3', 'client_lgwin=12'], {}, 'server_lgwin=16; client_lgwin=12'],
    [['server_lgwin'], {}, undefined],
    [['server_lgwin=25'], {}, undefined],
    [['client_lgwin=010'], {}, undefined],
    [['server_no_context_takeover=1'], {}, undefined],
    [['__proto__'], {}, undefined],
    [[], {}, undefined],
  ] as const) {
    it(`a server answers ${JSON.stringify(offers)} with ${answer ?? 'nothing'}`, () => {
      const accepted = permessageBrotli(options).accept!(offers.map(parameters))
      expect(accepted && text(accepted.parameters)).toBe(answer)
    })
  }

  it('a client offers its own parameters and those that it asks for', () => {
    const offers = permessageBrotli({ lgwin: 12, requestMaxLgwin: 14, requestNoContextTakeover: true }).offer!()
    expect(offers.map(text)).toEqual(['server_no_context_takeover; server_lgwin=14; client_lgwin=12'])
  })

  for (const [answer, options, why] of [
    ['server_lgwin=17', {}, 'server_lgwin is at most 16, as asked for, and not 17'],
    ['', {}, 'server_lgwin is at most 16, as asked for, and not 24'],
    ['server_lgwin=16', { requestNoContextTakeover: true }, 'server_no_context_takeover was asked for'],
    ['server_lgwin=16', { noContextTakeover: true }, 'client_no_context_takeover was offered'],
    ['mine', {}, 'permessage-brotli has no parameter "mine"'],
  ] as const) {
    it(`a client refuses the answer ${JSON.stringify(answer)} to ${JSON.stringify(options)}`, () => {
      expect(() => permessageBrotli(options).confirm!(parameters(answer))).toThrow(why)
    })
  }

  for (const options of [{ quality: 1 }, { quality: 12 }, { lgwin: 9 }, { requestMaxLgwin: 25 }, { threshold: -1 }]) {
    it(`calls the options ${JSON.stringify(options)} misuse`, () => {
      expect(() => permessageBrotli(options)).toThrow(/^\w+ must be a whole number from \d+ to \d+, and not/)
    })
  }

  it('reads the window of every stream that brotli makes', () => {
    for (let lgwin = 10; lgwin <= 24; lgwin++) {
      const params = { [constants.BROTLI_PARAM_LGWIN]: lgwin, [constants.BROTLI_PARAM_QUALITY]: 4 }
      expect(lgwinOf(brotliCompressSync('some words', { params })[0]!)).toBe(lgwin)
    }
    expect(lgwinOf(0b0010001)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('permessage-brotli, its transforms', () => {
  for (const [mode, options] of modes) {
    it(`restore the octets, however they are cut and flushed, ${mode}`, async () => {
      const piece = fc.record({ octets: fc.uint8Array({ maxLength: 300 }), copies: fc.constantFrom(1, 1, 300), isFrame: fc.boolean() })
      const message = fc.record({ pieces: fc.array(piece, { maxLength: 4 }), cut: fc.integer({ min: 1, max: 100_000 }) })
      await fc.assert(
        fc.asyncProperty(fc.array(message, { maxLength: 6 }), async messages => {
          const [server, client] = pair(options)
          for (const { pieces, cut } of messages) {
            const whole = pieces.map(({ octets, copies }) => Buffer.concat(Array.from({ length: copies }, () => octets)))
            const encoder = encoderOf(client)
            const body = await gathered(async emit => {
              for (const [i, octets] of whole.entries()) {
                await encoder.write(octets, emit)
                if (pieces[i]!.isFrame) await encoder.flush!(emit)
              }
              await encoder.end(emit)
            })
            expect(Buffer.compare(await decoded(server, body, cut), Buffer.concat(whole))).toBe(0)
          }
          server.close()
          client.close()
        }),
        { numRuns: 40 },
      )
    })

    it(`emit everything where a frame ends, ${mode}`, async () => {
      const [server, client] = pair(options)
      const encoder = encoderOf(client)
      const frame = await gathered(async emit => {
        await encoder.write(Buffer.from('the first frame'), emit)
        await encoder.flush!(emit)
      })
      // With context takeover four octets are held back, because they may be the length of the message.
      const body = mode === 'without' ? frame : Buffer.concat([frame, uint32(0)])
      expect(String(await gathered(async emit => decoderOf(server).write(body, emit)))).toBe('the first frame')
      server.close()
      client.close()
    })

    it(`stop when the connection ends, and emit nothing more, ${mode}`, async () => {
      const [server, client] = pair(options)
      const data = noise(4 * MiB)
      const body = await encoded(client, data)
      let isClosed = false
      const emit = (): void => {
        if (isClosed) throw new Error('emitted too late')
      }
      const encoder = encoderOf(client)
      const work = [encoder.write(data, emit), decoderOf(server).write(body, emit)]
      isClosed = true
      client.close()
      server.close()
      await Promise.all([...work, encoder.end(() => undefined)])
    })

    it(`stop at the limit of the receiver, ${mode}`, async () => {
      const [server, client] = pair(options)
      const bomb = await encoded(client, new Uint8Array(64 * MiB))
      let received = 0
      const decoder = decoderOf(server)
      const work = decoder.write(bomb, octets => {
        received += octets.length
        if (received > MiB) throw new Error('enough')
      })
      await expect(work).rejects.toThrow('enough')
      const before = received
      for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
      expect([before < 2 * MiB, received]).toEqual([true, before])
      client.close()
      server.close()
    })
  }

  it('refer back to earlier messages with context takeover, and not without', async () => {
    for (const [mode, options] of modes) {
      const [, client] = pair(options)
      const lengths = [(await encoded(client, noise(500))).length, (await encoded(client, noise(500))).length]
      expect([mode, lengths[1]! < lengths[0]! / 5]).toEqual([mode, mode === 'with context takeover'])
      client.close()
    }
  })

  it('are not used for messages that are small, excluded from compression, or unmarked', () => {
    const [server] = pair({ threshold: 100 })
    const message = { isBinary: true, options: {}, length: 99, isShared: false }
    expect(server.encoder!(message)).toBeUndefined()
    expect(server.encoder!({ ...message, length: 100, options: { doNotCompress: true } })).toBeUndefined()
    expect(server.encoder!({ ...message, length: 100 })?.reserved).toBe(4)
    expect(server.decoder!({ opcode: 1, isFinal: true, reserved: 0, length: 1 })).toBeUndefined()
    server.close()
    expect(server.encoder!({ ...message, length: 100 })).toBeUndefined()
  })

  it('share messages without context, and complete them even if a connection ends meanwhile', async () => {
    const [server] = pair(modes[1]![1])
    expect([server.cacheKey, pair(modes[0]![1])[0].cacheKey]).toEqual(['16 5 0', undefined])
    const encoder = server.encoder!({ isBinary: true, options: {}, length: MiB, isShared: true })!
    const body = await gathered(async emit => {
      const work = encoder.write(noise(MiB), emit)
      server.close()
      await work
      await encoder.end(emit)
    })
    expect(Buffer.compare(brotliDecompressSync(body), noise(MiB))).toBe(0)
  })
})

describe('permessage-brotli between two ends', () => {
  for (const [mode, options] of modes) {
    it(`brings thousands of messages both ways, of every kind and in their order, ${mode}`, async () => {
      const { factory, clients } = await joined({ extensions: [permessageBrotli({ ...options, threshold: 10 })] }, 3, options)
      const servers = [...factory.connections] as ServerEnd[]
      const sent: string[] = []
      for (let number = 0; number < 2000; number++) {
        const message = sample(number)
        sent.push(message)
        for (const server of servers) sendAs(server, message, number)
        for (const client of clients) sendAs(client, message, number)
        for (const client of clients) client.expected.push(message)
        if (number % 7 === 0) {
          const news = `news ${number} ${'to all of you '.repeat(number % 5)}`
          expect(factory.broadcast(factory.prepareMessage(news), { slow: 'send' })).toEqual({ sent: 3, skipped: 0, skippedMembers: [] })
          for (const client of clients) client.expected.push(news)
        }
        if (number % 50 === 0) await new Promise(resolve => setImmediate(resolve))
      }
      for (const end of [...servers, ...clients]) end.sendMessage('the end', false)
      for (const client of clients) {
        await client.heardAll
        expect(client.heard).toEqual([...client.expected, 'the end'])
        expect(client.trafficStats.incomingCompressionRatio).toBeLessThan(mode === 'without' ? 1 : 0.8)
      }
      for (const server of servers) {
        await server.heardAll
        expect(server.heard).toEqual([...sent, 'the end'])
      }
    })
  }

  it('is declined by a peer without it, and messages are not compressed', async () => {
    const { clients } = await joined({ extensions: [] }, 1)
    expect(clients[0]!.extensions).toEqual([])
    clients[0]!.sendMessage('x'.repeat(1000))
    clients[0]!.sendMessage('the end')
    clients[0]!.sendClose(1000)
    expect(await clients[0]!.closed).toMatchObject({ code: 1000 })
    expect(clients[0]!.trafficStats.outgoingCompressionRatio).toBeGreaterThanOrEqual(1)
  })
})

describe('permessage-brotli, attacked', () => {
  for (const [mode, options] of modes) {
    const wrap = (octets: Octets, length: number): Octets => (mode === 'without' ? octets : Buffer.concat([octets, uint32(length)]))

    it(`stops a bomb at the limit, ${mode}`, async () => {
      const bomb = wrap(compressed(new Uint8Array(256 * MiB)), 256 * MiB)
      const before = process.memoryUsage().rss
      const { info, server } = await attacked(bomb, { ...options }, { maxMessagePayloadSize: MiB })
      expect(info).toMatchObject({
        localCloseCode: 1009,
        reason: expect.stringMatching(/message of \d+ octets is above the limit of 1048576/),
      })
      expect([server.heard, process.memoryUsage().rss - before < 64 * MiB]).toEqual([[], true])
    })

    for (const [what, body] of [
      ['no brotli data', wrap(Uint8Array.of(0xa1, 0xff, 0xff, 0xff, 0xff, 0xff), 1)],
      ['a truncated message', wrap(compressed(noise(1000)).subarray(0, 300), 1000)],
      ['octets behind the end of the data', wrap(Buffer.concat([compressed(noise(10)), Buffer.from([1, 2, 3])]), 10)],
      ['a window above the one agreed on', wrap(compressed(noise(10), 22), 10)],
      ['no octets at all', new Uint8Array(0)],
    ] as const) {
      it(`answers ${what} with 1007, ${mode}`, async () => {
        const { info, server } = await attacked(body, options)
        expect(info).toMatchObject({ localCloseCode: 1007, reason: expect.stringContaining('compressed message cannot be decompressed: ') })
        expect([server.heard, server.failures]).toEqual([[], []])
      })
    }

    it(`answers compressed text that is not UTF-8 with 1007, ${mode}`, async () => {
      const { info } = await attacked(wrap(compressed(Uint8Array.of(0xc0, 0x80)), 2), options, {}, false)
      expect(info).toMatchObject({ localCloseCode: 1007, reason: expect.stringContaining('text message is not UTF-8') })
    })
  }

  it('detects a length that is not the message’s', async () => {
    const { info } = await attacked(Buffer.concat([compressed(noise(10)), uint32(11)]), modes[0]![1])
    expect(info).toMatchObject({ localCloseCode: 1007, reason: expect.stringContaining('it has another length than it says') })
  })
})

// ---- two ends on a loopback socket

class ServerEnd extends WebSocketServerProtocol {
  readonly heard: string[] = []
  readonly failures: Error[] = []
  #told: (() => void) | undefined
  readonly heardAll = new Promise<void>(resolve => {
    this.#told = resolve
  })

  override onMessage(payload: Uint8Array): void {
    this.heard.push(Buffer.from(payload).toString('latin1'))
    if (this.heard.at(-1) === 'the end') this.#told!()
  }
}

class ClientEnd extends WebSocketClientProtocol {
  readonly heard: string[] = []
  readonly expected: string[] = []
  #told: (() => void) | undefined
  readonly heardAll = new Promise<void>(resolve => {
    this.#told = resolve
  })

  override onMessage(payload: Uint8Array): void {
    this.heard.push(Buffer.from(payload).toString('latin1'))
    if (this.heard.at(-1) === 'the end') this.#told!()
  }
}

async function joined(
  serverOptions: ServerFactoryOptions,
  count: number,
  options: BrotliOptions = {},
): Promise<{ factory: WebSocketServerFactory; clients: ClientEnd[] }> {
  const factory = new WebSocketServerFactory('ws://127.0.0.1:0', { maxUnsentSize: 0, ...serverOptions, protocol: ServerEnd })
  const listener = await listenWS(factory)
  onTestFinished(() => listener.close({ timeout: 0 }))
  const clients: ClientEnd[] = []
  for (let made = 0; made < count; made++) {
    const clientOptions = { protocol: ClientEnd, maxUnsentSize: 0, extensions: [permessageBrotli(options)] }
    clients.push((await connectWS(new WebSocketClientFactory(listener.url, clientOptions))) as ClientEnd)
  }
  return { factory, clients }
}

/** Sends a message in one piece, in fragments, in frames, streamed, or without compression. */
function sendAs(end: ServerEnd | ClientEnd, message: string, number: number): void {
  const octets = Buffer.from(message, 'latin1')
  switch (number % 5) {
    case 0:
      end.sendMessage(octets, true, { fragmentSize: 10 })
      break
    case 1:
      end.beginMessage(true)
      for (let at = 0; at < octets.length; at += 100) end.sendMessageFrame(octets.subarray(at, at + 100))
      end.endMessage()
      break
    case 2:
      end.beginMessage(true)
      end.beginMessageFrame(octets.length, { final: true })
      for (let at = 0; at < octets.length; at += 33) end.sendMessageFrameData(octets.subarray(at, at + 33))
      break
    case 3:
      end.sendMessage(octets, true, { doNotCompress: number % 2 === 0 })
      break
    default:
      end.sendMessage(octets, true)
  }
}

function sample(number: number): string {
  if (number % 11 === 0) return ''
  if (number === 1234) return noise(300_000).toString('latin1')
  return JSON.stringify({ number, text: 'similar '.repeat(number % 20), more: number * 7919 })
}

/** Sends octets unchanged, marked as compressed, to a server that has to decompress them. */
async function attacked(
  body: Octets,
  options: BrotliOptions,
  serverOptions: ServerFactoryOptions = {},
  isBinary = true,
): Promise<{ info: CloseInfo; server: ServerEnd }> {
  const factory = new WebSocketServerFactory('ws://127.0.0.1:0', {
    ...serverOptions,
    extensions: [permessageBrotli(options)],
    protocol: ServerEnd,
  })
  const listener = await listenWS(factory)
  onTestFinished(() => listener.close({ timeout: 0 }))
  const client = await connectWS(new WebSocketClientFactory(listener.url, { protocol: ClientEnd, extensions: [careless(options)] }))
  const [server] = [...factory.connections] as ServerEnd[]
  factory.onError = error => void server!.failures.push(error)
  client.sendMessage(body, isBinary)
  return { info: await server!.closed, server: server! }
}

function careless(options: BrotliOptions): Extension {
  const encoder = (): MessageTransform => ({ reserved: 4, write: (octets, emit) => emit(octets), end() {} })
  return {
    name: 'permessage-brotli',
    offer: () => permessageBrotli(options).offer!(),
    confirm: () => ({ reservedBits: 4, opcodes: [], encoder, close() {} }),
  }
}

// ---- one end's instance

function pair(options: BrotliOptions): [server: ExtensionInstance, client: ExtensionInstance] {
  const [one, other] = [permessageBrotli(options), permessageBrotli(options)]
  const accepted = one.accept!(other.offer!())!
  return [accepted.instance, other.confirm!(accepted.parameters)]
}

function encoderOf(instance: ExtensionInstance): MessageTransform {
  return instance.encoder!({ isBinary: true, options: {}, length: undefined, isShared: false })!
}

function decoderOf(instance: ExtensionInstance): MessageTransform {
  return instance.decoder!({ opcode: 2, isFinal: true, reserved: 4, length: 1 })!
}

function encoded(instance: ExtensionInstance, octets: Octets): Promise<Buffer> {
  const encoder = encoderOf(instance)
  return gathered(async emit => {
    await encoder.write(octets, emit)
    await encoder.end(emit)
  })
}

function decoded(instance: ExtensionInstance, body: Octets, cut: number): Promise<Buffer> {
  const decoder = decoderOf(instance)
  return gathered(async emit => {
    for (let at = 0; at < body.length; at += cut) await decoder.write(body.subarray(at, at + cut), emit)
    await decoder.end(emit)
  })
}

async function gathered(work: (emit: (octets: Octets) => void) => Promise<void>): Promise<Buffer> {
  const pieces: Octets[] = []
  await work(octets => void pieces.push(Uint8Array.from(octets)))
  return Buffer.concat(pieces)
}

// ---- octets

function compressed(octets: Octets, lgwin = 16): Buffer {
  const params = { [constants.BROTLI_PARAM_LGWIN]: lgwin, [constants.BROTLI_PARAM_QUALITY]: 2 }
  return brotliCompressSync(octets, { params })
}

/** Returns octets that hardly compress, the same in each run. */
function noise(size: number): Buffer {
  let state = 1
  return Buffer.from(
    Uint8Array.from({ length: size }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state >>> 24
    }),
  )
}

function uint32(value: number): Buffer {
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(value)
  return octets
}

// ---- parameters as in the header

function parameters(written: string): ExtensionParameters {
  const parts = written.split('; ').filter(part => part !== '')
  return new Map(parts.map(part => part.split('=') as [string, string?]).map(([name, value]) => [name, value ?? true]))
}

function text(written: ExtensionParameters): string {
  return [...written].map(([name, value]) => (value === true ? name : `${name}=${value}`)).join('; ')
}

const MiB = 1024 * 1024
