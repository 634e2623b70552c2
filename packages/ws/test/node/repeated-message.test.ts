import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { RepeatedMessage } from '../../src/node/repeated-message.ts'
import { closed, type Face, type Note, sameAsWs, serve, take } from '../fixtures/same.ts'

describe('RepeatedMessage', () => {
  const [one, two, three] = [{}, {}, {}]

  it('frames what a second connection is sent, once for all that follow', () => {
    const repetition = new RepeatedMessage()
    for (const data of ['text', Buffer.from('octets')]) {
      expect(repetition.next(data, false, true, one)).toBe(undefined)
      const prepared = repetition.next(data, false, true, two)
      expect(Buffer.from(prepared!.payload).toString()).toBe(String(data))
      expect(repetition.next(data, false, true, three)).toBe(prepared)
    }
  })

  it('frames anew octets that have changed', () => {
    const repetition = new RepeatedMessage()
    const octets = Buffer.from('abc')
    repetition.next(octets, true, true, one)
    const before = repetition.next(octets, true, true, two)
    octets[0] = 0x78
    const after = repetition.next(octets, true, true, three)
    expect([before, after].map(message => Buffer.from(message!.payload).toString())).toEqual(['abc', 'xbc'])
  })

  it('knows other kinds, other data, long data and the same connection apart', () => {
    const repetition = new RepeatedMessage()
    repetition.next('a', false, true, one)
    expect(repetition.next('a', true, true, two)).toBe(undefined)
    expect(repetition.next('a', true, false, one)).toBe(undefined)
    expect(repetition.next('b', true, false, two)).toBe(undefined)
    expect(repetition.next('b', true, false, two)).toBe(undefined)
    expect(repetition.next('b', true, false, one)).toMatchObject({ isBinary: true, options: { doNotCompress: true } })
    const long = Buffer.alloc(20_000)
    expect([one, two, three].map(sender => repetition.next(long, true, true, sender))).toEqual([undefined, undefined, undefined])
  })
})

describe('a loop over clients', () => {
  for (const perMessageDeflate of [false, true])
    sameAsWs(`brings each what the data is at that moment, in order${perMessageDeflate ? ', compressed' : ''}`, async (face, note) =>
      broadcasts(face, note, perMessageDeflate),
    )
})

async function broadcasts(face: Face, note: Note, perMessageDeflate: boolean): Promise<void> {
  const { server, url } = await serve(face, { perMessageDeflate })
  const clients = [1, 2, 3, 4].map(() => new face.WebSocket(url))
  const received = clients.map(client => take(client, 'message', 6))
  await Promise.all(clients.map(client => once(client, 'open')))
  while ((server.clients?.size ?? 0) < clients.length) await once(server, 'connection')
  const octets = Buffer.from('octets for all 0 '.repeat(20))
  const calls: unknown[] = []
  for (const client of server.clients ?? []) client.send('first')
  for (const client of server.clients ?? []) client.send(octets, { binary: false })
  for (const client of server.clients ?? []) {
    // compressed octets are read later by ws
    if (!perMessageDeflate) octets[15]!++
    client.send(octets)
  }
  for (const client of server.clients ?? []) {
    client.send('before', error => calls.push(error))
    client.send('last', error => calls.push(error))
  }
  // what is being compressed is not written yet, on ws
  if (!perMessageDeflate) note([...(server.clients ?? [])].map(client => client.bufferedAmount))
  for (const client of server.clients ?? []) {
    client.send('closing', { compress: false })
    client.close(1000)
  }
  note((await Promise.all(received)).map(messages => messages.map(([data, isBinary]) => [String(data), isBinary])))
  note(calls.length)
  await closed(server)
}
