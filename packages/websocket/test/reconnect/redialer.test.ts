import { describe, expect, it, vi } from 'vitest'
import { type Loss, Redialer, type RedialerSetup, type Replaceable } from '../../src/reconnect/redialer.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

describe('a redialer', () => {
  it('dials again after a loss, and makes each connection ready', async () => {
    const { life, dialled, prepared, losses, forgotten, clock } = made()
    await life.open()
    dialled[0]!.lose(1001, 'going away')
    await settled()
    expect({ losses, forgotten: forgotten() }).toEqual({ losses: [{ code: 1001, reason: 'going away', retryIn: 1000 }], forgotten: 1 })
    clock.advance(1000)
    await settled()
    expect(prepared).toEqual(dialled)
    expect(dialled).toHaveLength(2)
  })

  it('waits longer after each try that fails, and gives up', async () => {
    const { life, dialled, losses, clock, refuse } = made()
    await life.open()
    refuse(new Error('refused'))
    dialled[0]!.lose()
    for (const delay of [0, 1000, 2000, 4000]) {
      clock.advance(delay)
      await settled()
    }
    await life.closed
    expect(losses.map(({ reason, retryIn }) => [reason, retryIn])).toEqual([
      ['lost', 1000],
      ['refused', 2000],
      ['refused', 4000],
      ['refused', undefined],
    ])
    expect(clock.pending).toBe(0)
  })

  it('begins anew after a connection that was ready for 10 seconds, and not after a shorter one', async () => {
    const { life, dialled, losses, clock } = made()
    await life.open()
    dialled[0]!.lose()
    await settled()
    clock.advance(1000)
    await settled()
    clock.advance(9_999)
    dialled[1]!.lose()
    await settled()
    clock.advance(2000)
    await settled()
    clock.advance(10_000)
    dialled[2]!.lose()
    await settled()
    expect(losses.map(({ retryIn }) => retryIn)).toEqual([1000, 2000, 1000])
  })

  it('does not wait for another try where it is closed while it is asked whether there is to be one', async () => {
    const { life, dialled, losses, clock, setup } = made()
    setup.leastDelay = () => {
      void life.close()
      return 86_400_000
    }
    await life.open()
    dialled[0]!.lose()
    await settled()
    expect({ losses, timers: clock.pending }).toEqual({ losses: [{ code: 1006, reason: 'lost', retryIn: undefined }], timers: 0 })
    await life.closed
  })

  it('closes a connection that could not be made ready, and counts it as a failed try', async () => {
    const { life, dialled, losses, clock, setup } = made()
    await life.open()
    setup.prepare = () => Promise.reject(new Error('not now'))
    dialled[0]!.lose()
    await settled()
    clock.advance(1000)
    await settled()
    expect({ closes: dialled[1]!.closes, last: losses.at(-1) }).toEqual({
      closes: [[1000, undefined]],
      last: { code: 1006, reason: 'not now', retryIn: 2000 },
    })
  })

  it('counts a connection as a failed try that is lost while it is made ready', async () => {
    const { life, dialled, losses, clock, setup } = made()
    await life.open()
    setup.prepare = async connection => connection.lose()
    dialled[0]!.lose()
    await settled()
    clock.advance(1000)
    await settled()
    expect(losses.at(-1)).toEqual({ code: 1006, reason: 'the connection was lost before it was ready', retryIn: 2000 })
  })

  it('tries at once when it is asked to, and only while it waits', async () => {
    const { life, dialled, clock } = made()
    await life.open()
    life.retryNow()
    dialled[0]!.lose()
    await settled()
    life.retryNow()
    life.retryNow()
    await settled()
    expect({ dialled: dialled.length, timers: clock.pending }).toEqual({ dialled: 2, timers: 0 })
  })

  it('never tries again where it is told not to', async () => {
    const { life, dialled, losses } = made({ reconnect: false })
    await life.open()
    dialled[0]!.lose()
    await life.closed
    expect(losses).toEqual([{ code: 1006, reason: 'lost', retryIn: undefined }])
  })
})

describe('the first connection of a redialer', () => {
  it('is not tried again: open rejects, and the client is closed', async () => {
    const { life, clock, refuse } = made()
    refuse(new Error('refused'))
    await expect(life.open()).rejects.toThrow('refused')
    await life.closed
    expect(clock.pending).toBe(0)
  })

  it('is opened once', async () => {
    const { life } = made()
    await life.open()
    await expect(life.open()).rejects.toMatchObject({ name: 'ApiMisuse', message: 'open was called already: a client is opened once' })
  })

  for (const which of ['closing the client', 'its own signal'] as const) {
    it(`is given up by ${which}, with the reason`, async () => {
      const { life, setup } = made()
      const signals: AbortSignal[] = []
      setup.dial = signal => {
        signals.push(signal)
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      }
      const untilOpen = new AbortController()
      const opening = life.open(untilOpen.signal).catch((reason: unknown) => reason)
      if (which === 'its own signal') untilOpen.abort('enough')
      else await life.close()
      const expected =
        which === 'its own signal' ? 'enough' : expect.objectContaining({ name: 'ConnectionClosed', message: 'the client was closed' })
      expect({ rejected: await opening, dialled: signals.length }).toEqual({ rejected: expected, dialled: 1 })
    })
  }

  it('has a signal of its own, which later connections do not have', async () => {
    const { life, dialled, signals, clock } = made()
    const any = vi.spyOn(AbortSignal, 'any')
    const untilOpen = new AbortController()
    await life.open(untilOpen.signal)
    untilOpen.abort()
    dialled[0]!.lose()
    await settled()
    clock.advance(1000)
    await settled()
    expect({ aborted: signals.map(({ aborted }) => aborted), joined: any.mock.calls.length }).toEqual({ aborted: [true, false], joined: 1 })
    any.mockRestore()
  })
})

describe('a redialer that tries the first connection again', () => {
  it('opens when a try succeeds, and tells of those that failed', async () => {
    const { life, losses, clock, refuse } = made({}, { retriesFirst: true })
    refuse(new Error('refused'))
    const opening = life.open()
    await settled()
    refuse(undefined)
    clock.advance(1000)
    await opening
    expect(losses).toEqual([{ code: 1006, reason: 'refused', retryIn: 1000 }])
  })

  it('rejects with the last failure where it gives up, and where it is closed', async () => {
    for (const how of ['refused', 'the client was closed']) {
      const { life, clock, refuse } = made({}, { retriesFirst: true })
      refuse(new Error('refused'))
      const opening = life.open().catch((error: Error) => error.message)
      await settled()
      if (how === 'the client was closed') await life.close()
      for (const delay of [1000, 2000, 4000]) {
        clock.advance(delay)
        await settled()
      }
      expect({ rejected: await opening, timers: clock.pending }).toEqual({ rejected: how, timers: 0 })
    }
  })
})

describe('a redialer whose caller decides about tries', () => {
  it('gives up, waits at least as long, or waits for retryNow without using up tries', async () => {
    const answers: (number | undefined)[] = [5000, Infinity, Infinity, Infinity, Infinity, undefined]
    const failures: unknown[] = []
    const leastDelay = (failure: unknown): number | undefined => {
      failures.push(failure)
      return answers.shift()
    }
    const { life, dialled, losses, clock, refuse } = made({}, { leastDelay })
    await life.open()
    const cause = new Error('refused')
    refuse(cause)
    dialled[0]!.lose(1001, 'going away')
    await settled()
    clock.advance(5000)
    await settled()
    for (let i = 0; i < 4; i++) {
      clock.advance(600_000)
      await settled()
      life.retryNow()
      await settled()
    }
    await life.closed
    expect({ retries: losses.map(({ retryIn }) => retryIn), failures: failures.slice(0, 2), timers: clock.pending }).toEqual({
      retries: [5000, Infinity, Infinity, Infinity, Infinity, undefined],
      failures: [
        { code: 1001, reason: 'going away' },
        { code: 1006, reason: 'refused', cause },
      ],
      timers: 0,
    })
  })
})

describe('a redialer that is closed', () => {
  it('closes its connection, waits for the end of it, and tells of no loss', async () => {
    const { life, dialled, losses } = made()
    await life.open()
    let isClosed = false
    const closing = life.close(3001, 'bye').then(() => {
      isClosed = true
    })
    await settled()
    expect({ closes: dialled[0]!.closes, isClosed }).toEqual({ closes: [[3001, 'bye']], isClosed: false })
    dialled[0]!.lose(3001, 'bye')
    await closing
    await life.closed
    expect(losses).toEqual([])
  })

  it('stays closed between two tries, and in spite of retryNow', async () => {
    const { life, dialled, clock } = made()
    await life.open()
    dialled[0]!.lose()
    await settled()
    await life.close()
    life.retryNow()
    clock.advance(60_000)
    await settled()
    expect({ dialled: dialled.length, timers: clock.pending }).toEqual({ dialled: 1, timers: 0 })
  })

  it('closes a connection that is made only after that', async () => {
    const { life, setup, prepared } = made()
    const late = new TestConnection()
    let make: (connection: TestConnection) => void = () => undefined
    setup.dial = () => new Promise(resolve => (make = resolve))
    const opening = life.open().catch((error: Error) => error.message)
    await life.close()
    make(late)
    expect({ rejected: await opening, closes: late.closes, prepared }).toEqual({
      rejected: 'the client was closed',
      closes: [[1000, undefined]],
      prepared: [],
    })
  })
})

describe('handlers of a redialer', () => {
  it('have what they throw told to onError, at once and later', async () => {
    const errors: unknown[] = []
    const { life } = made({ onError: error => errors.push(error) })
    life.guarded(() => {
      throw 'at once'
    })
    life.guarded(() => Promise.reject('later'))
    await settled()
    expect({ errors, value: life.guarded(() => 7) }).toEqual({ errors: ['at once', 'later'], value: 7 })
  })
})

class TestConnection implements Replaceable {
  isOpen = true
  readonly closes: unknown[][] = []
  lose: (code?: number, reason?: string) => void = () => undefined
  readonly closed: Promise<{ code: number; reason: string }> = new Promise(resolve => {
    this.lose = (code = 1006, reason = 'lost') => {
      this.isOpen = false
      resolve({ code, reason })
    }
  })

  sendClose(code?: number, reason?: string): void {
    this.closes.push([code, reason])
  }
}

type Writable<T> = { -readonly [name in keyof T]: T[name] }

/** A redialer without jitter, whose tries come after 1, 2 and 4 seconds, and everything that it does. */
function made(options: RedialerSetup<TestConnection>['options'] = {}, changes: Partial<RedialerSetup<TestConnection>> = {}) {
  const clock = new FakeClock()
  const dialled: TestConnection[] = []
  const prepared: TestConnection[] = []
  const signals: AbortSignal[] = []
  const losses: Loss[] = []
  let forgotten = 0
  let refusal: Error | undefined
  const setup: Writable<RedialerSetup<TestConnection>> = {
    dial: async signal => {
      if (refusal !== undefined) throw refusal
      signals.push(signal)
      dialled.push(new TestConnection())
      return dialled.at(-1)!
    },
    prepare: async connection => void prepared.push(connection),
    forget: () => forgotten++,
    clock,
    random: () => 0.5,
    options: { reconnect: { initialDelay: 1, growth: 2, jitter: 0, maxRetries: 3 }, onLost: loss => losses.push(loss), ...options },
    ...changes,
  }
  return {
    life: new Redialer(setup),
    setup,
    clock,
    dialled,
    prepared,
    signals,
    losses,
    forgotten: () => forgotten,
    refuse: (error: Error | undefined) => {
      refusal = error
    },
  }
}

/** Lets promises settle. */
async function settled(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
}
