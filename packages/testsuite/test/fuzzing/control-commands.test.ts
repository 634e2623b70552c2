import { connect } from '@autobahn-ts/websocket'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FuzzingServer, fuzzingServer } from '../../src/fuzzing/fuzzing-server.ts'

let server: FuzzingServer

beforeEach(async () => {
  server = await fuzzingServer({ url: 'ws://127.0.0.1:0', cases: ['1.1.1'] })
})

afterEach(async () => {
  await server.close()
})

it.each([
  ['["echo", {"payload": "a"}]', ['a'], 1000],
  ['["sendframe", {"opcode": 1, "payload": "b"}]', ['b'], 1000],
  ['["sendframes", [{"opcode": 1, "payload": "c", "fin": false}, {"opcode": 0, "payload": "d"}]]', ['cd'], 1000],
  ['["close"]', [], 1000],
  ['["sing"]', [], 1011],
  ['["sendframes", {}]', [], 1011],
  ['{}', [], 1011],
  ['not JSON', [], 1011],
])('carries out the command %s', async (command, messages, code) => {
  const ws = await connect(`${server.url}/command`)
  await ws.send(command)
  for (const message of messages) expect(await ws.receive()).toBe(message)
  if (messages.length > 0) await ws.send('["close", {"code": 1000}]')
  expect(await ws.closed).toMatchObject({ code, wasClean: true })
})

it('refuses a command in a binary message', async () => {
  const ws = await connect(`${server.url}/command`)
  await ws.send(new Uint8Array(1))
  expect((await ws.closed).code).toBe(1011)
})

it('ends when the client ends the connection', async () => {
  const ws = await connect(`${server.url}/command`)
  expect(await ws.close()).toMatchObject({ code: 1000, wasClean: true })
})
