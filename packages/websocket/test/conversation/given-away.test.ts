import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Octets } from '../../src/bytes/octets.ts'
import type { Connection } from '../../src/conversation/connection.ts'
import { permessageDeflate } from '../../src/node/edge/permessage-deflate.ts'
import { until } from '../fixtures/until.ts'
import { talk } from './talk.ts'

type Note = (octets: Octets) => void

/** Ways to receive that keep nothing in a variable of a suspended function, which the engine would hold. */
const ways: Readonly<Record<string, (ws: Connection, note: Note) => Promise<unknown>>> = {
  'receive()': async (ws, note) => {
    for (;;) await ws.receive().then(message => note(message as Octets))
  },
  'receive() with a time limit': async (ws, note) => {
    for (;;) await ws.receive({ timeout: 1000 }).then(message => note(message as Octets))
  },
  'the steps of a loop': async (ws, note) => {
    const steps = ws[Symbol.asyncIterator]()
    for (;;) await steps.next().then(({ value }) => note(value as Octets))
  },
  'the steps of a loop, with an answer': async (ws, note) => {
    const steps = ws[Symbol.asyncIterator]()
    const answer = (octets: Octets): Promise<void> => {
      note(octets)
      return ws.send(octets)
    }
    for (;;) await steps.next().then(({ value }) => answer(value as Octets))
  },
  'the pieces of a stream': async (ws, note) => {
    const streams = ws.streams()[Symbol.asyncIterator]()
    const read = async (stream: AsyncIterable<Octets>): Promise<void> => {
      const pieces = stream[Symbol.asyncIterator]()
      const take = ({ done, value }: IteratorResult<Octets>): boolean => {
        if (done !== true) note(value)
        return done !== true
      }
      while (await pieces.next().then(take));
    }
    for (;;) await streams.next().then(({ value }) => read(value!))
  },
}

describe('A message that was given to the application', () => {
  for (const [way, receive] of Object.entries(ways)) {
    for (const isCompressed of [false, true]) {
      it(`is not held by the connection, which waits for the next one: ${way}${isCompressed ? ', with compression' : ''}`, async () => {
        const given: WeakRef<Octets>[] = []
        const options = { extensions: isCompressed ? [permessageDeflate()] : [] }
        const { ws } = await talk(server => receive(server, octets => void given.push(new WeakRef(octets))), {
          server: options,
          client: options,
        })
        const sizes = [3_000_000, 20_000, 100]
        for (const size of sizes) await ws.send(new Uint8Array(size).fill(7))
        await until(() => given.length >= sizes.length)
        if (way.endsWith('answer')) for (const size of sizes) expect(((await ws.receive()) as Octets).length).toBe(size)
        await until(() => {
          collectGarbage()
          return given.every(octets => octets.deref() === undefined)
        })
      })
    }
  }
})

describe('A message that the application transfers to another thread', () => {
  it('takes no other message along, whether that was received before, waits for a caller, or comes later', async () => {
    const messages = fc.array(fc.record({ size: fc.integer({ min: 0, max: 3000 }), isTransferred: fc.boolean() }), {
      minLength: 2,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(messages, fc.boolean(), async (sent, areTogether) => {
        const received: Octets[] = []
        const { ws } = await talk(async server => {
          for await (const message of server) {
            const octets = message as Octets
            const { isTransferred } = sent[received.length]!
            received.push(isTransferred ? structuredClone(octets, { transfer: [octets.buffer as ArrayBuffer] }) : octets)
          }
        })
        for (const [at, { size }] of sent.entries()) {
          const gone = ws.send(new Uint8Array(size).fill(at + 1))
          if (areTogether) continue
          await gone
          await until(() => received.length > at)
        }
        await until(() => received.length === sent.length)
        expect(received.map(octets => Buffer.from(octets).toString('hex'))).toEqual(
          sent.map(({ size }, at) => Buffer.alloc(size, at + 1).toString('hex')),
        )
        await ws.close()
      }),
      { numRuns: 40 },
    )
  })
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
