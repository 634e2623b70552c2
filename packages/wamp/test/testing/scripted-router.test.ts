import { expect, it } from 'vitest'
import { MessageType } from '../../src/messages/message-type.ts'
import { ScriptedRouter } from '../../src/testing/scripted-router.ts'
import { Recorder } from '../transports/recorder.ts'

const { EVENT, PUBLISH } = MessageType

it('ScriptedRouter sees messages and says messages', () => {
  const router = new ScriptedRouter()
  const seen: unknown[] = []
  router.onSent = message => seen.push(message)
  const recorder = Recorder.of(router)
  router.send([PUBLISH, 1, {}, 'com.example'])
  router.says([EVENT, 1, 2, {}])
  expect(seen).toEqual([[PUBLISH, 1, {}, 'com.example']])
  expect(router.takeSent()).toEqual(seen)
  expect(router.sent).toEqual([])
  expect(recorder.messages).toEqual([[EVENT, 1, 2, {}]])
  router.loses('the cable was cut')
  router.send([PUBLISH, 2, {}, 'com.example'])
  router.says([EVENT, 1, 3, {}])
  expect([router.isClosed, router.sent, recorder.messages.length]).toEqual([true, [], 1])
})

it('ScriptedRouter refuses what is larger than the test allows', () => {
  const router = new ScriptedRouter()
  router.maxSendSize = 10
  expect(() => router.send([PUBLISH, 1, {}, 'com.example'])).toThrow('larger than the 10')
})
