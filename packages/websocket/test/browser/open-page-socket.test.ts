import { expect, it } from 'vitest'
import { openPageSocket } from '../../src/browser/open-page-socket.ts'
import type { PageSocket } from '../../src/browser/page-socket.ts'
import { ScriptSocket } from '../fixtures/script-socket.ts'

it('hands the socket over when the server has accepted, with the limits that it was given', async () => {
  const { socketClass, made } = scripted()
  const happened: unknown[] = []
  let page: PageSocket | undefined
  const opening = openPageSocket('http://test/ws', ['chat'], { socketClass, maxMessagePayloadSize: 3 }, url => {
    happened.push(url)
    return {
      accepted: (protocol, socket) => {
        happened.push(protocol)
        page = socket
        socket.open()
      },
      came: message => happened.push(page!.takes(message)),
      drained: () => undefined,
      stopped: () => undefined,
      ended: ({ reason }) => happened.push(reason),
    }
  })
  made[0]!.accept('chat')
  await opening
  made[0]!.say('abc', 'abcd')
  made[0]!.end()
  expect(happened).toEqual(['ws://test/ws', 'chat', true, false, 'failed with 1009: message of 4 octets; at most 3 are taken'])
})

it('rejects with the reason for which the receiver gives the socket up, and for a URL that is none', async () => {
  const { socketClass, made } = scripted()
  const opening = openPageSocket('ws://test/', [], { socketClass }, () => ({
    accepted: (_, socket) => socket.giveUp('no', new Error('not this one')),
    came: () => undefined,
    drained: () => undefined,
    stopped: () => undefined,
    ended: () => undefined,
  }))
  made[0]!.accept()
  await expect(opening).rejects.toThrow('not this one')
  await expect(openPageSocket('ftp://test/', [], { socketClass }, () => undefined as never)).rejects.toThrow('must begin with ws:')
})

function scripted() {
  const made: ScriptSocket[] = []
  class KeptSocket extends ScriptSocket {
    constructor() {
      super()
      made.push(this)
    }
  }
  return { made, socketClass: KeptSocket }
}
