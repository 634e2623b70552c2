import { expect, it } from 'vitest'
import { ScriptClient, ScriptFactory } from '../fixtures/script-socket.ts'

it('says who connects it', () => {
  const client = new ScriptClient()
  expect(client.isOpen).toBe(false)
  for (const use of [() => client.state, () => client.closed, () => client.sendMessage('[]'), () => client.factory]) {
    expect(use).toThrow('the protocol is not connected; connectWS and connectWamp do that')
  }
})

it('knows its factory and the response', () => {
  const factory = new ScriptFactory()
  const [client, socket] = factory.connect(false)
  expect([client.factory, client.response]).toEqual([factory, undefined])
  socket.accept()
  expect(client.response).toEqual({ protocol: 'wamp' })
})
