import { describe, expect, it } from 'vitest'
import { MessageIterator } from '../../src/conversation/message-iterator.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { arrive, inboxOf } from './arrivals.ts'
import { raisesNothingUnhandled } from './talk.ts'

raisesNothingUnhandled()

describe('MessageIterator', () => {
  it('gives what waits and what comes', async () => {
    const inbox = inboxOf()
    arrive(inbox, 'a')
    const messages = new MessageIterator(inbox)
    expect(await messages.next()).toEqual({ done: false, value: 'a' })
    const next = [messages.next(), messages.next()]
    arrive(inbox, 'b')
    arrive(inbox, 'c')
    expect(await Promise.all(next)).toEqual([
      { done: false, value: 'b' },
      { done: false, value: 'c' },
    ])
  })

  it('can be used in a loop itself', async () => {
    const inbox = inboxOf()
    arrive(inbox, 'a')
    for await (const message of new MessageIterator(inbox)) {
      expect(message).toBe('a')
      break
    }
  })

  it('gives the steps up that wait when it is left, and the message goes to the next caller', async () => {
    const inbox = inboxOf()
    const messages = new MessageIterator(inbox)
    const next = [messages.next(), messages.next()]
    await messages.return()
    expect(await Promise.all(next)).toEqual([finished, finished])
    arrive(inbox, 'a')
    expect(await messages.next()).toEqual(finished)
    expect(await new MessageIterator(inbox).next()).toEqual({ done: false, value: 'a' })
  })

  it('is done once it has told of the end', async () => {
    const inbox = inboxOf()
    const messages = new MessageIterator(inbox)
    const next = messages.next()
    const error = new ConnectionClosed(1006, 'gone')
    inbox.ended({ error, isClean: false })
    await expect(next).rejects.toBe(error)
    expect(await messages.next()).toEqual(finished)
    await expect(new MessageIterator(inbox).next()).rejects.toBe(error)
  })
})

const finished = { done: true, value: undefined }
