import { createServer, type Server, type Socket } from 'node:net'
import { constants, deflateRawSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { Case } from '../../src/cases/case.ts'
import { catalogue } from '../../src/cases/catalogue.ts'
import { came, ok } from '../../src/cases/words.ts'
import type { CaseRecord } from '../../src/run/case-record.ts'
import { openAsClient } from '../../src/run/open-as-client.ts'
import { usualPace } from '../../src/run/pace.ts'
import { playCase } from '../../src/run/play-case.ts'
import { acceptKey } from '../../src/wire/accept-key.ts'
import { ExactInflater } from '../../src/wire/exact-inflater.ts'
import { encodeFrame, Opcode } from '../../src/wire/frame.ts'
import { FrameReader } from '../../src/wire/frame-reader.ts'
import { joined } from '../../src/wire/octets.ts'

const servers: Server[] = []
const sockets = new Set<Socket>()

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await Promise.all(servers.splice(0).map(server => new Promise(resolve => server.close(resolve))))
})

describe('a testee with permessage-deflate', () => {
  const dropAndNine = 'server_no_context_takeover; server_max_window_bits=9; client_no_context_takeover; client_max_window_bits=9'

  it('passes if it keeps to the agreement', async () => {
    const record = await played('13.5.5', dropAndNine, { windowBits: 9, keepsContext: false })
    expect(verdicts(record)).toEqual(['OK', 'OK'])
    const { compression } = record.measured
    expect(compression).toMatchObject({ messages: 20, compressedMessages: 20, windowBits: 9, keepsContext: false, context: 'dropped' })
    expect(compression?.farthest).toBeGreaterThan(200)
    expect(compression?.farthest).toBeLessThanOrEqual(512)
    expect(compression?.fuzzer).toMatchObject({ messages: 20, inflatedOctets: 20 * 4096, windowBits: 9, keepsContext: false })
    expect(record).not.toHaveProperty('remarks')
  })

  for (const [what, loosen] of [
    ['00 00 ff ff was not removed', (payload: Uint8Array) => joined([payload, Uint8Array.of(0, 0, 0xff, 0xff)])],
    ['without the octet 00 behind it', (_: Uint8Array, message: Uint8Array) => deflateRawSync(message, { windowBits: 9 })],
  ] as const) {
    it(`is non-strict with a wrong end of messages that implementations accept: ${what}`, async () => {
      const record = await played('13.5.5', dropAndNine, { windowBits: 9, keepsContext: false, loosen })
      expect(verdicts(record)).toEqual(['NON-STRICT', 'OK'])
      expect(record.behavior.reason).toContain(what)
    })
  }

  it('fails with a context that it has promised to drop', async () => {
    const record = await played('13.5.5', dropAndNine, { windowBits: 9, keepsContext: true })
    expect(verdicts(record)).toEqual(['FAILED', 'UNCLEAN'])
    expect(record.behavior.reason).toContain('earlier messages, whose context was to be dropped')
  })

  it('fails with a window larger than agreed, within the first message', async () => {
    const record = await played('13.5.5', dropAndNine, { windowBits: 10, keepsContext: false })
    expect(record.behavior.reason).toContain('the agreed window has 512')
    expect(record.measured.compression?.messages).toBe(0)
  })

  it('fails with a window larger than agreed across messages', async () => {
    const record = await played('13.3.3', 'server_max_window_bits=9', { windowBits: 15, keepsContext: true })
    expect(record.behavior.reason).toContain('the agreed window has 512')
  })

  it('may drop a context that it may keep, which is a remark', async () => {
    const record = await played('13.1.5', '', { windowBits: 15, keepsContext: false })
    expect(verdicts(record)).toEqual(['OK', 'OK'])
    expect(record.measured.compression).toMatchObject({ context: 'dropped', messagesWithContext: 0 })
    expect(record.remarks).toEqual(['The testee may keep its compression context from message to message, but never used it.'])
    const kept = await played('13.1.5', '', { windowBits: 15, keepsContext: true })
    expect(kept.measured.compression).toMatchObject({ context: 'kept', messagesWithContext: 19 })
    expect(kept.measured.compression?.farthest).toBeGreaterThan(8192)
  })

  it('may never compress, which is a remark', async () => {
    const record = await played('12.1.5', 'client_max_window_bits=11', undefined)
    expect(verdicts(record)).toEqual(['OK', 'OK'])
    expect(record.measured.compression).toMatchObject({ compressedMessages: 0, context: 'unknown', fuzzer: { windowBits: 11 } })
    expect(record.remarks).toEqual(['None of 20 messages came back compressed, though permessage-deflate was agreed on.'])
  })

  it('fails with one wrong octet', async () => {
    const record = await played('12.2.10', '', { windowBits: 15, keepsContext: true }, octets => {
      octets[100_000]! ^= 1
      return octets
    })
    expect(record.behavior.verdict).toBe('FAILED')
    expect(record.measured.roundTrips).toBeUndefined()
  })
})

interface Compressor {
  readonly windowBits: number
  readonly keepsContext: boolean
  /** Changes the compressed message. */
  readonly loosen?: (payload: Uint8Array, message: Uint8Array) => Uint8Array
}

/** Plays a case with 20 messages in place of 1000, with a testee that answers with these parameters and compresses in this way. */
async function played(
  id: string,
  parameters: string,
  compressor: Compressor | undefined,
  change: (octets: Uint8Array) => Uint8Array = octets => octets,
): Promise<CaseRecord> {
  const testCase = shortened(catalogue.find(each => each.id === id)!)
  const url = await serving(parameters, compressor, change)
  const opened = await openAsClient({ url }, testCase, usualPace)
  return playCase({ testCase, agent: 'test', role: 'client', pace: usualPace, opened })
}

function shortened(testCase: Case): Case {
  const steps = testCase.steps.map(step => (step.step === 'roundTrips' ? { ...step, count: 20 } : step))
  return { ...testCase, steps, accepted: [ok(came.roundTrips(20))] }
}

async function serving(
  parameters: string,
  compressor: Compressor | undefined,
  change: (octets: Uint8Array) => Uint8Array,
): Promise<string> {
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    const reader = new FrameReader(1_000_000)
    const inflater = new ExactInflater({ windowBits: 15, keepsContext: true })
    let before: Uint8Array = new Uint8Array(0)
    socket.once('data', head => {
      const [, key = ''] = /sec-websocket-key: (.*)\r\n/i.exec(head.toString('latin1')) ?? []
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n` +
          `Sec-WebSocket-Extensions: ${['permessage-deflate', parameters].filter(part => part !== '').join('; ')}\r\n\r\n`,
      )
      socket.on('data', chunk => {
        for (const { opcode, payload } of reader.push(chunk)) {
          if (opcode === Opcode.Close) {
            socket.end(encodeFrame({ opcode, payload }))
            return
          }
          const message = change(inflater.inflate(payload))
          const loosen = compressor?.loosen ?? (payload => payload)
          const frame =
            compressor === undefined ? { payload: message } : { rsv: 4, payload: loosen(deflated(message, compressor, before), message) }
          socket.write(encodeFrame({ opcode, ...frame }))
          before = compressor?.keepsContext === true ? joined([before, message]).slice(-32_768) : before
        }
      })
    })
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return `ws://127.0.0.1:${address.port}`
}

function deflated(message: Uint8Array, { windowBits }: Compressor, before: Uint8Array): Uint8Array {
  const dictionary = before.length === 0 ? {} : { dictionary: before }
  const octets = deflateRawSync(message, { windowBits, finishFlush: constants.Z_SYNC_FLUSH, ...dictionary })
  return octets.subarray(0, octets.length - 4)
}

function verdicts({ behavior, close }: CaseRecord): string[] {
  return [behavior.verdict, close.verdict]
}
