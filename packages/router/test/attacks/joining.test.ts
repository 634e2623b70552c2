import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createRouter } from '../../src/node/create-router.ts'
import { listen } from '../../src/node/listening/listen.ts'
import type { RouterListener } from '../../src/node/listening/router-listener.ts'
import { rawConnection } from '../fixtures/listening.ts'

const open: RouterListener[] = []
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close({ timeout: 0 })
})

/** RawSocket with JSON, by a client that takes messages up to 512 octets. */
const smallReader = Buffer.from([0x7f, 0x01, 0, 0])

describe('a client that takes messages of 512 octets', () => {
  it('cannot end the process by a realm whose refusal is longer than that', async () => {
    const { socket, received } = await rawConnection(await routerPort())
    socket.write(Buffer.concat([smallReader, frame([1, 'r'.repeat(600), { roles: { caller: {} } }])]))
    expect(await received).toContain('[3,{},"wamp.error.no_such_realm"]')
  })

  it('is told that WELCOME is too large for it, and leaves no session', async () => {
    const router = createRouter()
    const { socket, received } = await rawConnection(await routerPort(router))
    socket.write(Buffer.concat([smallReader, frame([1, 'realm1', { roles: { caller: {} } }])]))
    expect(await received).toContain('wamp.error.protocol_violation')
    expect(router.realms.get('realm1')!.sessions.size).toBe(0)
  })
})

it('a name of 100,000 characters is refused before it is challenged', async () => {
  const auth = { ticket: { users: { joe: { ticket: 't', role: 'user' } } } }
  const { socket, received } = await rawConnection(await routerPort(createRouter({ realms: { realm1: { auth } } })))
  const hello = [1, 'realm1', { roles: { caller: {} }, authmethods: ['ticket'], authid: 'j'.repeat(100_000) }]
  socket.write(Buffer.concat([Buffer.from([0x7f, 0xf1, 0, 0]), frame(hello)]))
  expect(await received).toContain('"a name has at most 1024 characters"},"wamp.error.authentication_failed"]')
})

it('a hundred guesses at once are not freer than one after the other, however slow the authenticator is', async () => {
  const asked: ((user: undefined) => void)[] = []
  const auth = { ticket: { check: () => new Promise<undefined>(resolve => asked.push(resolve)) } }
  const port = await routerPort(createRouter({ realms: { realm1: { auth } }, joinTimeout: 60 }))
  const hello = [1, 'realm1', { roles: { caller: {} }, authmethods: ['ticket'], authid: 'joe' }]
  const all = await Promise.all(Array.from({ length: 100 }, () => rawConnection(port)))
  const challenged = all.map(({ socket }) => received(socket, '"ticket"'))
  for (const { socket } of all) socket.write(Buffer.concat([Buffer.from([0x7f, 0xf1, 0, 0]), frame(hello)]))
  await Promise.all(challenged)
  // the answer to a ping shows that the guess before it has been read
  const read = all.map(({ socket }) => received(socket, pong))
  for (const [n, { socket }] of all.entries()) socket.write(Buffer.concat([frame([5, `guess ${n}`, {}]), ping]))
  await Promise.all(read)
  expect(asked).toHaveLength(3)
  for (const answer of asked) answer(undefined)
  for (const each of all) each.socket.destroy()
})

/** Resolves when a connection has brought this text. */
function received(socket: Socket, text: string): Promise<void> {
  return new Promise(resolve => {
    let all = ''
    socket.on('data', data => {
      all += data.toString('latin1')
      if (all.includes(text)) resolve()
    })
  })
}

const ping = Buffer.from([1, 0, 0, 0])
const pong = '\x02\0\0\0'

async function routerPort(router = createRouter()): Promise<number> {
  const listener = await listen(router, { port: 0 })
  open.push(listener)
  return listener.port!
}

/** A message as a frame of RawSocket. */
function frame(message: readonly unknown[]): Buffer {
  const text = Buffer.from(JSON.stringify(message))
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(text.length)
  return Buffer.concat([prefix, text])
}
