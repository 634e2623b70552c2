import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { CloseEvent, ErrorEvent, Event, MessageEvent } from '../../src/node/events.ts'
import { next, pair, sameAsWs } from '../fixtures/same.ts'

describe('the attributes onopen, onmessage, onclose and onerror', () => {
  sameAsWs('hold a function or null, beside the listeners of on and addEventListener', async (face, note) => {
    const { client, end } = await pair(face)
    const [one, two] = [() => {}, () => {}]
    for (const name of ['onopen', 'onmessage', 'onclose', 'onerror'] as const) {
      note(client[name])
      client[name] = one as never
      note(client[name] === one)
    }
    client.on('close', two)
    client.addEventListener('close', one)
    client.onclose = two as never
    note(client.listenerCount('close'), client.onclose === two)
    client.onmessage = 'foo' as never
    note(client.onmessage, client.listenerCount('message'))
    client.removeEventListener('close', two)
    note(client.listenerCount('close'))
    client.removeEventListener('close', one)
    note(client.listenerCount('close'))
    client.onerror = null
    await end()
  })
})

describe('addEventListener', () => {
  sameAsWs('adds a listener once, also an object, and ignores other types', async (face, note) => {
    const { client, end } = await pair(face)
    const object = {
      handleEvent(event: { data: unknown }) {
        note('object', event.data, this === object)
      },
    }
    client.addEventListener('foo', () => {})
    note(client.listenerCount('foo'))
    client.addEventListener('message', object as never, { once: true })
    client.addEventListener('message', object as never)
    note(client.listenerCount('message'))
    client.emit('message', Buffer.from('text'), false)
    note(client.listenerCount('message'))
    client.addEventListener('message', object as never, { once: true })
    client.removeEventListener('message', () => {})
    client.removeEventListener('message', object)
    note(client.listenerCount('message'))
    await end()
  })

  sameAsWs('gets events with type, target and what they tell', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    const heard = (event: {
      type: string
      target: unknown
      data?: unknown
      code?: number
      reason?: string
      wasClean?: boolean
      message?: string
      error?: unknown
    }): void => note(event.type, event.target === client, event.data, event.code, event.reason, event.wasClean, event.message, event.error)
    for (const type of ['open', 'message', 'close', 'error']) client.addEventListener(type, heard as never)
    accepted.send('text')
    accepted.send(Buffer.from([1, 2]))
    client.emit('error', new Error('forced'))
    accepted.close(4000, 'some reason')
    await next(client, 'close')
    await end()
  })

  sameAsWs('tells an end that was not clean', async (face, note) => {
    const { client, accepted, end } = await pair(face)
    client.onclose = ((event: { code: number; wasClean: boolean }) => note(event.code, event.wasClean)) as never
    accepted.terminate()
    await next(client, 'close')
    await end()
  })

  it('gets objects of four classes', async () => {
    const { client, accepted, end } = await pair(await import('../../src/index.ts'))
    const events: Event[] = []
    for (const type of ['message', 'close', 'error']) client.addEventListener(type, ((event: Event) => events.push(event)) as never)
    accepted.send('x')
    await once(client, 'message')
    client.emit('error', new Error('x'))
    accepted.close()
    await next(client, 'close')
    expect(events.map(event => event.constructor)).toEqual([MessageEvent, ErrorEvent, CloseEvent])
    expect(events.every(event => event instanceof Event)).toBe(true)
    await end()
  })
})
