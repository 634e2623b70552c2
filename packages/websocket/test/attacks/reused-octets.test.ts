import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import type * as Library from '../../src/index.ts'
import { certificates } from '../fixtures/certificates.ts'

type Fast = 'on' | 'off'

/** The library as two processes would have it, one with the fast paths and one without. */
const libraries: Readonly<Record<Fast, typeof Library>> = { on: await loaded('on'), off: await loaded('off') }

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
afterAll(() => vi.resetModules())

const KiB = 1024
const sizes = [8 * KiB - 1, 8 * KiB, 16 * KiB, 64 * KiB - 1, 64 * KiB, 256 * KiB, 1024 * KiB]
const rounds = 12

for (const fast of ['on', 'off'] as const) {
  for (const [over, secure, compressed] of [
    ['TCP', false, false],
    ['TLS', true, false],
    ['TCP, compressed', false, true],
  ] as const) {
    describe(`octets that are used again when send has resolved, over ${over}, fast paths ${fast}`, () => {
      for (const sender of ['server', 'client'] as const) {
        it(`arrive as they were sent by a ${sender}, message after message in one buffer`, async () => {
          const got = await sentTo(sender, { fast, secure, compressed }, async ws => {
            for (const size of sizes) {
              const buffer = new Uint8Array(size)
              for (let round = 0; round < rounds; round++) await ws.send(buffer.fill(round))
              buffer.fill(0xff)
            }
            await ws.send('end')
          })
          const wanted = sizes.flatMap(size => Array.from({ length: rounds }, (_, round) => `${size} times ${round}`))
          expect(got.map(summary)).toEqual([...wanted, 'end'])
        })

        it(`arrive as they were sent by a ${sender}, piece after piece in one buffer`, async () => {
          for (const size of [16 * KiB, 128 * KiB]) {
            const got = await sentTo(sender, { fast, secure, compressed }, async ws => {
              await ws.send(pieces(size))
              await ws.send('end')
            })
            const whole = got[0] as Library.ReceivedOctets
            const seen = Array.from({ length: rounds }, (_, round) => summary(whole.subarray(round * size, (round + 1) * size)))
            expect(seen).toEqual(Array.from({ length: rounds }, (_, round) => `${size} times ${round}`))
          }
        })

        it(`can be transferred by a ${sender}, and the next messages arrive`, async () => {
          const got = await sentTo(sender, { fast, secure, compressed }, async ws => {
            for (const size of sizes) {
              const octets = new Uint8Array(size).fill(7)
              await ws.send(octets)
              structuredClone(octets, { transfer: [octets.buffer] })
            }
            await ws.send('end')
          })
          expect(got.map(summary)).toEqual([...sizes.map(size => `${size} times 7`), 'end'])
        })
      }
    })
  }
}

/** Fills one buffer over and over. */
function* pieces(size: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(size)
  for (let round = 0; round < rounds; round++) yield buffer.fill(round)
  buffer.fill(0xff)
}

interface Way {
  readonly fast: Fast
  readonly secure: boolean
  readonly compressed: boolean
}

/** Returns the messages that the other side receives up to the text `end`. It reads a little slower than it could. */
async function sentTo(
  sender: 'server' | 'client',
  { fast, secure, compressed }: Way,
  send: (ws: Library.Connection) => Promise<void>,
): Promise<Library.Message[]> {
  const { connect, permessageDeflate, serve } = libraries[fast]
  const { ca, server: pem } = certificates()
  const extensions = compressed ? [permessageDeflate()] : []
  const got: Library.Message[] = []
  let isDone = (): void => {}
  const done = new Promise<void>(resolve => {
    isDone = resolve
  })
  const receive = async (ws: Library.Connection): Promise<void> => {
    for await (const message of ws) {
      got.push(message)
      if (message === 'end') break
      await new Promise(resolve => setImmediate(resolve))
    }
    isDone()
  }
  const listener = await serve({ host: '127.0.0.1', port: 0, extensions, ...(secure && { tls: pem }) }, async ws => {
    await (sender === 'server' ? send(ws) : receive(ws))
    await ws.closed
  })
  closing.push(() => listener.close({ timeout: 0 }))
  const client = await connect(`${secure ? 'wss' : 'ws'}://127.0.0.1:${listener.port}`, { extensions, ...(secure && { tls: { ca } }) })
  await Promise.all([sender === 'client' ? send(client) : receive(client), done])
  return got
}

/** A text as it is; of octets, how many they are, and which if all are the same. */
function summary(message: Library.Message): string {
  if (typeof message === 'string') return message
  return `${message.length} times ${message.every(octet => octet === message[0]) ? message[0] : 'different octets'}`
}

async function loaded(fast: Fast): Promise<typeof Library> {
  vi.stubEnv('AUTOBAHN_TS_FAST_PATHS', fast)
  vi.resetModules()
  const library = await import('../../src/index.ts')
  vi.unstubAllEnvs()
  return library
}
