import { describe, expect, it } from 'vitest'
import { ApiMisuse, HandshakeFailed } from '../../src/protocol/faults/errors.ts'
import type { FakeClock } from '../../src/testing/fake-clock.ts'
import { raisesNothingUnhandled } from '../conversation/talk.ts'
import { scripted, settled } from './script-line.ts'

raisesNothingUnhandled()

describe('receiving over reconnections', () => {
  it('goes on in a loop, in receive() and in streams, with the messages of one connection after those of the other', async () => {
    const { ws, lines, replace } = scripted()
    await ws.open()
    const seen: unknown[] = []
    const loop = (async () => {
      for await (const message of ws) seen.push(message)
    })()
    lines[0]!.connection.say('one', 'two')
    await settled()
    await replace()
    lines[1]!.connection.say('three')
    await settled()
    expect(seen).toEqual(['one', 'two', 'three'])
    lines[1]!.lose(1000, 'done')
    await loop
  })

  it('lets calls wait for the next connection', async () => {
    const { ws, lines, replace } = scripted()
    await ws.open()
    const next = [ws.receive(), ws.receive()]
    lines[0]!.connection.say('from the first')
    await settled()
    await replace()
    lines[1]!.connection.say('from the second')
    expect(await Promise.all(next)).toEqual(['from the first', 'from the second'])
  })

  it('gives what a lost connection has received before what the next one receives', async () => {
    const { ws, lines, replace } = scripted()
    await ws.open()
    lines[0]!.connection.say('one', 'two')
    await replace()
    lines[1]!.connection.say('three')
    expect([await ws.receive(), await ws.receive(), await ws.receive()]).toEqual(['one', 'two', 'three'])
  })

  it('reads text and JSON over one connection after the other', async () => {
    const { ws, lines, replace } = scripted()
    await ws.open()
    const values = ws.json<number>()[Symbol.asyncIterator]()
    const first = values.next()
    lines[0]!.connection.say('1')
    expect(await first).toEqual({ done: false, value: 1 })
    const second = values.next()
    await replace()
    lines[1]!.connection.say('2', 'text', '[3]')
    expect([await second, await ws.receiveText(), await ws.receiveJson()]).toEqual([{ done: false, value: 2 }, 'text', [3]])
    await ws.sendJson({ four: 4 })
    expect(lines[1]!.connection.sent).toEqual(['{"four":4}'])
  })

  it('closes for good for a message that its loop does not take', async () => {
    const { ws, lines } = scripted()
    await ws.open()
    const texts = expect(ws.json()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      name: 'ConnectionClosed',
      cause: { name: 'MessageRefused', closeCode: 1007 },
    })
    lines[0]!.connection.say('{')
    await texts
    await settled()
    expect(lines[0]!.closes).toEqual([[1007, 'the message is not JSON']])
    expect(lines).toHaveLength(1)
  })

  it('gives each message of streams() in one piece', async () => {
    const { ws, lines } = scripted()
    await ws.open()
    lines[0]!.connection.say('ä')
    for await (const stream of ws.streams()) {
      for await (const piece of stream) expect([...piece]).toEqual([0xc3, 0xa4])
      break
    }
  })

  it('stops reading where 1 MiB waits for an application that receives, and dials again only when it has caught up with all but one', async () => {
    const { ws, lines, clock } = scripted()
    await ws.open()
    ws.ignoreMessages()
    const first = ws.receive()
    const large = 'x'.repeat(1024 * 1024)
    lines[0]!.connection.say('first', large, 'behind')
    expect(await first).toBe('first')
    await settled()
    expect(lines[0]!.connection.inbox.waitingSize).toBeGreaterThan(0)
    for (const line of [0, 1]) {
      lines[line]!.lose()
      await settled()
      clock.advance(1000 * 2 ** line)
      await settled()
      lines.at(-1)!.connection.say(`of ${line + 1}`)
    }
    // the second was lost while the first was not yet taken over
    expect(lines).toHaveLength(2)
    const received = [await ws.receive(), await ws.receive(), await ws.receive()]
    await settled()
    expect({ received: received.map(message => message.slice(0, 6)), dialled: lines.length }).toEqual({
      received: ['xxxxxx', 'behind', 'of 1'],
      dialled: 3,
    })
  })

  it('discards messages after ignoreMessages(), of later connections too', async () => {
    const { ws, lines, replace } = scripted()
    await ws.open()
    ws.ignoreMessages()
    await replace()
    lines[1]!.connection.say('ignored')
    await settled()
    const next = ws.receive()
    lines[1]!.connection.say('taken')
    expect(await next).toBe('taken')
  })
})

describe('sending over reconnections', () => {
  it('rejects at once while there is no connection', async () => {
    const { ws, lines } = scripted()
    await ws.open()
    expect({ isOpen: ws.isOpen, isWritable: ws.isWritable }).toEqual({ isOpen: true, isWritable: true })
    await ws.send('one')
    lines[0]!.lose()
    expect({ isOpen: ws.isOpen, isWritable: ws.isWritable }).toEqual({ isOpen: false, isWritable: false })
    await expect(ws.send('two')).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
    await expect(ws.send(7)).rejects.toMatchObject({ name: 'ApiMisuse' })
    expect(lines[0]!.connection.sent).toEqual(['one'])
  })

  it('never sends again what a lost connection was given: its promise rejects with the reason', async () => {
    const { ws, lines, replace } = scripted({ queue: 10 })
    await ws.open()
    lines[0]!.connection.holdsSends = true
    const lost = ws.send('handed over')
    lines[0]!.isOpen = false
    const waits = ws.send('waits')
    lines[0]!.isOpen = true
    await replace()
    await expect(lost).rejects.toMatchObject({ name: 'ConnectionClosed', message: 'connection closed with 1006: lost' })
    await waits
    expect(lines.map(({ connection }) => connection.sent)).toEqual([['handed over'], ['waits']])
  })

  it('sends what onOpen sends before everything that waits', async () => {
    const { ws, lines, replace } = scripted({
      queue: 10,
      onOpen: async connection => {
        await connection.send('log in')
        await settled()
        void connection.send('subscribe')
      },
    })
    await ws.open()
    await ws.send('one')
    lines[0]!.lose()
    const waiting = [ws.send('two'), ws.send('three')]
    await replace()
    await Promise.all(waiting)
    expect(lines.map(({ connection }) => connection.sent)).toEqual([
      ['log in', 'subscribe', 'one'],
      ['log in', 'subscribe', 'two', 'three'],
    ])
  })

  it('rejects what waits where it is closed, and where it gives up', async () => {
    for (const end of ['close', 'give up'] as const) {
      const { ws, lines, refuse, clock } = scripted({ queue: 10 })
      await ws.open()
      lines[0]!.lose()
      await settled()
      const waiting = expect(ws.send('waits')).rejects.toMatchObject({ name: 'ConnectionClosed' })
      refuse(new Error('refused'))
      if (end === 'close') void ws.close()
      else await pass(clock, 1000, 2000, 4000)
      await waiting
      await expect(ws.send('late')).rejects.toMatchObject({ name: 'ConnectionClosed' })
    }
  })
})

describe('onOpen of a reconnecting connection', () => {
  it('has what it receives for itself, and leaves the rest to others', async () => {
    const { ws, lines, replace } = scripted({
      onOpen: async connection => {
        answers.push(await connection.receive())
      },
    })
    const answers: unknown[] = []
    const opening = ws.open()
    await settled()
    const next = ws.receive()
    lines[0]!.connection.say('welcome', 'news')
    await opening
    expect({ answers, next: await next }).toEqual({ answers: ['welcome'], next: 'news' })
    const after = ws.receive()
    await replace()
    lines[1]!.connection.say('welcome back', 'more news')
    expect(await after).toBe('more news')
    expect(answers).toEqual(['welcome', 'welcome back'])
  })

  it('fails a try by throwing: the connection is closed, and the next one comes later', async () => {
    let isLoggedIn = true
    const losses: unknown[] = []
    const { ws, lines, replace, clock } = scripted({
      onOpen: () => {
        if (!isLoggedIn) throw new Error('login failed')
      },
      onLost: ({ reason, retryIn, cause }) => losses.push({ reason, retryIn, cause: cause?.message }),
    })
    await ws.open()
    isLoggedIn = false
    await replace()
    isLoggedIn = true
    clock.advance(2000)
    await settled()
    expect({ losses, closes: lines.map(({ closes }) => closes), isOpen: ws.isOpen }).toEqual({
      losses: [
        { reason: 'lost', retryIn: 1000, cause: undefined },
        { reason: 'login failed', retryIn: 2000, cause: 'login failed' },
      ],
      closes: [[], [[1000, undefined]], []],
      isOpen: true,
    })
  })

  it('is not waited for when its connection is lost meanwhile, and the reason of the server counts', async () => {
    const losses: unknown[] = []
    const { ws, lines } = scripted({
      onOpen: () => new Promise<void>(() => undefined),
      retryFirst: true,
      onLost: ({ code, retryIn }) => losses.push({ code, retryIn }),
    })
    const opening = ws.open()
    await settled()
    lines[0]!.lose(1008, 'who are you?')
    await expect(opening).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1008 })
    expect(losses).toEqual([{ code: 1008, retryIn: undefined }])
  })

  it('fails the first connection too', async () => {
    const { ws } = scripted({
      onOpen: () => {
        throw new Error('login failed')
      },
    })
    await expect(ws.open()).rejects.toThrow('login failed')
  })
})

describe('the end of a reconnecting connection', () => {
  it('ends loops where the server closes for good, and resolves closed with its code', async () => {
    const { ws, lines, clock } = scripted()
    await ws.open()
    const rest = all(ws)
    lines[0]!.connection.say('last')
    lines[0]!.lose(1000, 'done')
    expect({ rest: await rest, closed: await ws.closed, timers: clock.pending }).toEqual({
      rest: ['last'],
      closed: { code: 1000, reason: 'done', wasClean: true, by: 'peer' },
      timers: 0,
    })
  })

  it('throws in loops where it gives up, with the cause', async () => {
    const cause = new HandshakeFailed('refused', 503)
    const { ws, lines, clock, refuse } = scripted()
    await ws.open()
    const rest = expect(all(ws)).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006, cause })
    refuse(cause)
    lines[0]!.lose()
    await pass(clock, 0, 1000, 2000, 4000)
    await rest
    expect(await ws.closed).toEqual({ code: 1006, reason: 'refused', wasClean: false, by: 'network', cause })
  })

  it('ends loops where this side closes, and discards what comes until then', async () => {
    const { ws, lines } = scripted()
    await ws.open()
    const rest = all(ws)
    const closing = ws.close(3001, 'bye')
    lines[0]!.connection.say('too late')
    await settled()
    expect(lines[0]!.closes).toEqual([[3001, 'bye']])
    lines[0]!.lose(3001, 'bye', 'self')
    expect({ rest: await rest, closed: await closing }).toEqual({
      rest: [],
      closed: { code: 3001, reason: 'bye', wasClean: true, by: 'self' },
    })
    await expect(ws.receive()).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 3001 })
  })

  it('ends loops where this side closes between two tries, with the end of the last connection', async () => {
    const { ws, lines, clock } = scripted()
    await ws.open()
    const rest = all(ws)
    lines[0]!.lose()
    await settled()
    expect(await ws.close()).toEqual({ code: 1006, reason: 'lost', wasClean: false, by: 'network' })
    expect({ rest: await rest, timers: clock.pending, dialled: lines.length }).toEqual({ rest: [], timers: 0, dialled: 1 })
  })

  it('refuses a code or a reason that cannot be sent, and stays open', async () => {
    const { ws, lines } = scripted()
    await ws.open()
    await expect(ws.close(1005)).rejects.toMatchObject({ name: 'ApiMisuse' })
    lines[0]!.connection.say('still here')
    expect(await ws.receive()).toBe('still here')
  })

  it('comes at once by terminate(), and by leaving an await using block', async () => {
    const { ws, lines, clock } = scripted()
    await ws.open()
    ws.terminate()
    expect({ closed: await ws.closed, timers: clock.pending, dialled: lines.length }).toEqual({
      closed: { code: 1006, reason: 'terminated by this side', wasClean: false, by: 'network' },
      timers: 0,
      dialled: 1,
    })
    await ws[Symbol.asyncDispose]()
  })

  it('comes at once by terminate() also while onOpen prepares a connection', async () => {
    const { ws, lines } = scripted({ onOpen: connection => connection.receive() })
    const opening = expect(ws.open()).rejects.toMatchObject({ name: 'ConnectionClosed' })
    await settled()
    ws.terminate()
    await opening
    expect(lines.map(({ isOpen }) => isOpen)).toEqual([false])
    expect(await ws.closed).toMatchObject({ code: 1006, reason: 'terminated by this side' })
  })

  it('comes with the signal, before the first connection with its reason and later as by close()', async () => {
    const early = new AbortController()
    const refused = scripted({ retryFirst: true }, { signal: early.signal })
    refused.refuse(new Error('refused'))
    const opening = refused.ws.open()
    await settled()
    early.abort(new Error('enough'))
    await expect(opening).rejects.toThrow('enough')
    expect(refused.clock.pending).toBe(0)

    const later = new AbortController()
    const { ws, lines } = scripted({}, { signal: later.signal })
    await ws.open()
    const rest = all(ws)
    later.abort()
    await settled()
    expect(lines[0]!.closes).toEqual([[1000, '']])
    lines[0]!.lose(1000, '', 'self')
    expect(await rest).toEqual([])
    await expect(scripted({}, { signal: AbortSignal.abort(new Error('before')) }).ws.open()).rejects.toThrow('before')
  })
})

describe('the tries of a reconnecting connection', () => {
  it('are not made after a refusal that would be repeated, and wait as long as a server asks', async () => {
    const headers = { get: (name: string) => (name === 'Retry-After' ? '60' : undefined) } as never
    const losses: unknown[] = []
    const { ws, replace, refuse, clock } = scripted({ onLost: ({ retryIn, cause }) => losses.push([retryIn, cause?.message]) })
    await ws.open()
    refuse(new HandshakeFailed('busy', 503, { headers }))
    await replace()
    refuse(new HandshakeFailed('no', 401))
    clock.advance(60_000)
    await ws.closed
    expect(losses).toEqual([
      [1000, undefined],
      [60_000, 'busy'],
      [undefined, 'no'],
    ])
  })

  it('are decided by retryIf where it is given; it gives up where that throws', async () => {
    const asked: unknown[] = []
    const errors: unknown[] = []
    const { ws, lines, replace, refuse, clock } = scripted({
      retryIf: ({ code, cause }) => {
        asked.push([code, cause?.message])
        if (cause !== undefined) throw new Error('retryIf failed')
        return true
      },
      onError: error => errors.push(error),
    })
    await ws.open()
    await replace(1000, 'done')
    expect(lines).toHaveLength(2)
    refuse(new ApiMisuse('no URL'))
    await replace()
    await ws.closed
    expect({ asked, errors, timers: clock.pending }).toEqual({
      asked: [
        [1000, undefined],
        [1006, undefined],
        [1006, 'no URL'],
      ],
      errors: [new Error('retryIf failed')],
      timers: 0,
    })
  })

  it('wait for retryNow while the machine is offline', async () => {
    let isOffline = false
    const losses: unknown[] = []
    const { ws, lines, clock } = scripted(
      { onLost: ({ reason, retryIn }) => losses.push([reason, retryIn]) },
      { isOffline: () => isOffline },
    )
    await ws.open()
    isOffline = true
    ws.giveUp('the browser is offline')
    await settled()
    clock.advance(3_600_000)
    await settled()
    expect({ losses, dialled: lines.length }).toEqual({ losses: [['the browser is offline', Infinity]], dialled: 1 })
    ws.retryNow()
    await settled()
    expect({ isOpen: ws.isOpen, dialled: lines.length }).toEqual({ isOpen: true, dialled: 2 })
  })
})

describe('a connection that onOpen prepares', () => {
  it('is given up when the machine goes offline', async () => {
    let isOffline = false
    const losses: unknown[] = []
    let isFirst = true
    const { ws, lines, replace } = scripted(
      {
        onLost: ({ reason, retryIn }) => losses.push([reason, retryIn]),
        onOpen: async connection => {
          if (!isFirst) await connection.receive()
          isFirst = false
        },
      },
      { isOffline: () => isOffline },
    )
    await ws.open()
    await replace()
    isOffline = true
    ws.giveUp('the browser is offline')
    await settled()
    expect({ losses: losses.slice(1), isOpen: lines[1]!.isOpen }).toEqual({
      losses: [[expect.stringContaining('the browser is offline'), Infinity]],
      isOpen: false,
    })
    isOffline = false
    ws.retryNow()
    await settled()
    expect(lines.length).toBe(3)
    ws.terminate()
  })
})

describe('a reconnecting connection with maxSilence', () => {
  it('is given up when nothing came for so long, and not while messages come', async () => {
    const losses: unknown[] = []
    const { ws, lines, clock } = scripted({ maxSilence: 10, onLost: ({ reason }) => losses.push(reason) })
    await ws.open()
    clock.advance(9_000)
    lines[0]!.connection.say('still here')
    await settled()
    clock.advance(9_000)
    expect(ws.isOpen).toBe(true)
    clock.advance(1_000)
    await settled()
    expect({ isOpen: ws.isOpen, losses }).toEqual({ isOpen: false, losses: ['nothing came for 10 s'] })
    clock.advance(1_000)
    await settled()
    expect(ws.isOpen).toBe(true)
    void ws.close()
    lines[1]!.lose(1000, '', 'self')
    await ws.closed
    expect(clock.pending).toBe(0)
  })

  it('is not given up while the application lets messages wait', async () => {
    const { ws, lines, clock } = scripted({ maxSilence: 10 })
    await ws.open()
    const first = ws.receive()
    lines[0]!.connection.say('first', 'x'.repeat(1024 * 1024), 'behind')
    await first
    await settled()
    clock.advance(60_000)
    expect(ws.isOpen).toBe(true)
    await ws.receive()
    await settled()
    clock.advance(10_000)
    await settled()
    expect(ws.isOpen).toBe(false)
  })
})

it('has the connection of the moment as latest, or else the last one', async () => {
  const { ws, lines, replace } = scripted()
  await ws.open()
  expect(ws.latest).toBe(lines[0]!.connection)
  lines[0]!.lose()
  await settled()
  expect(ws.latest).toBe(lines[0]!.connection)
  await replace()
  expect(ws.latest).toBe(lines[1]!.connection)
})

/** Lets one time after the other pass, with what happens in between. */
async function pass(clock: FakeClock, ...times: readonly number[]): Promise<void> {
  for (const time of times) {
    clock.advance(time)
    await settled()
  }
}

async function all(ws: AsyncIterable<unknown>): Promise<unknown[]> {
  const messages: unknown[] = []
  for await (const message of ws) messages.push(message)
  return messages
}
