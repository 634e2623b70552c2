import { describe, expect, it } from 'vitest'
import { HookRunner } from '../../../src/protocol/hooks/hook-runner.ts'

describe('HookRunner', () => {
  it('calls at once, and holds nothing', () => {
    const { runner, log, hook } = make()
    runner.run(hook('a'))
    runner.run(hook('b'))
    expect(log).toEqual(['a', 'b'])
    expect(runner.isHeld).toBe(false)
  })

  it('lets hooks wait for the promise of the one before', async () => {
    const { runner, log, hook } = make()
    const gate = deferred()
    runner.run(hook('a', gate.promise))
    runner.run(hook('b'))
    runner.run(hook('c', Promise.resolve()))
    runner.run(hook('d'))
    expect([log, runner.isHeld]).toEqual([['a'], true])
    gate.resolve()
    await turn()
    expect(log).toEqual(['a', 'b', 'c', 'd', 'released'])
    expect(runner.isHeld).toBe(false)
  })

  it('goes on after a promise that rejects, and reports it first', async () => {
    const { runner, log, hook } = make()
    runner.run(hook('a', Promise.reject(new Error('no'))))
    runner.run(hook('b'))
    await turn()
    expect(log).toEqual(['a', 'failed: Error: no', 'b', 'released'])
  })

  it('reports what a hook throws', () => {
    const { runner, log } = make()
    runner.run(() => {
      throw new Error('no')
    })
    expect(log).toEqual(['failed: Error: no'])
    expect(runner.isHeld).toBe(false)
  })

  it('takes hooks while it is paused, and calls them when it is resumed', () => {
    const { runner, log, hook } = make()
    runner.pause()
    runner.run(hook('a'))
    expect([log, runner.isHeld]).toEqual([[], true])
    runner.resume()
    expect(log).toEqual(['a', 'released'])
  })

  it('holds the reading at once in a pause without reading ahead, until it is resumed or paused in the other way', () => {
    const { runner, log, hook } = make()
    runner.pause()
    expect(runner.holdsReading).toBe(false)
    runner.pause(false)
    expect(runner.holdsReading).toBe(true)
    runner.pause()
    expect([log, runner.holdsReading]).toEqual([['released'], false])
    runner.pause(false)
    runner.run(hook('a'))
    runner.resume()
    expect([log, runner.holdsReading, runner.isHeld]).toEqual([['released', 'a', 'released'], false, false])
  })

  it('tells those who wait until nothing holds the reading, before it is released', async () => {
    const { runner, log, hook } = make()
    runner.pause()
    const waiting = [runner.whenFree, runner.whenFree].map(free => free.then(() => log.push('free')))
    runner.run(hook('a', Promise.resolve()))
    await turn()
    expect(log).toEqual([])
    runner.resume()
    await Promise.all(waiting)
    expect(log).toEqual(['a', 'released', 'free', 'free'])
    runner.pause()
    expect(await Promise.race([runner.whenFree.then(() => 'free'), turn().then(() => 'held')])).toBe('held')
  })

  it('is held by a pause and by a promise alike', async () => {
    const { runner, log, hook } = make()
    runner.run(hook('a', Promise.resolve()))
    runner.pause()
    await turn()
    runner.run(hook('b'))
    expect(log).toEqual(['a'])
    runner.resume()
    expect(log).toEqual(['a', 'b', 'released'])
  })

  it('holds the reading and calls hooks while it rests, and releases the reading after that', () => {
    const { runner, log, hook } = make()
    runner.rest()
    runner.run(hook('a'))
    expect({ log, isHeld: runner.isHeld, holdsReading: runner.holdsReading }).toEqual({ log: ['a'], isHeld: false, holdsReading: true })
    runner.readOn()
    expect({ log, holdsReading: runner.holdsReading }).toEqual({ log: ['a', 'released'], holdsReading: false })
  })

  it('does not release the reading after a rest while something else holds it', () => {
    const { runner, log } = make()
    runner.rest()
    runner.stop()
    runner.readOn()
    expect({ log, holdsReading: runner.holdsReading }).toEqual({ log: [], holdsReading: true })
  })

  it('calls messages in their order with other hooks', async () => {
    const { runner, log, hook } = make()
    const gate = deferred()
    const hooks = { onMessage: (payload: Uint8Array) => void log.push(`message ${payload.length}`) }
    runner.runMessage(hooks, new Uint8Array(1), true)
    runner.run(hook('a', gate.promise))
    runner.runMessage(hooks, new Uint8Array(2), true)
    runner.run(hook('b'))
    expect(log).toEqual(['message 1', 'a'])
    gate.resolve()
    await turn()
    expect(log).toEqual(['message 1', 'a', 'message 2', 'b', 'released'])
  })

  it('waits for the promise of a message, and reports what a message throws', async () => {
    const { runner, log, hook } = make()
    const answers = [() => Promise.resolve(), () => Promise.reject(new Error('no')), () => thrown()]
    const hooks = { onMessage: () => answers.shift()!() }
    for (const name of ['a', 'b', 'c']) {
      runner.runMessage(hooks, new Uint8Array(1), true)
      runner.run(hook(name))
    }
    await turn()
    expect(log).toEqual(['a', 'failed: Error: no', 'b', 'failed: Error: thrown', 'c', 'released'])
  })

  it('does nothing on a resume without a pause', () => {
    const { runner, log } = make()
    runner.resume()
    expect(log).toEqual([])
  })

  it('stays in order when a hook pauses and resumes', () => {
    const { runner, log, hook } = make()
    runner.pause()
    runner.run(() => {
      log.push('a begins')
      runner.pause()
      runner.resume()
      log.push('a ends')
    })
    runner.run(hook('b'))
    runner.resume()
    expect(log).toEqual(['a begins', 'a ends', 'b', 'released'])
  })

  it('calls in their order hooks that come while another is called, as from a transport that answers within write', async () => {
    const { runner, log, hook } = make()
    const nesting = (name: string, ...inside: string[]): void =>
      runner.run(() => {
        log.push(`${name} begins`)
        for (const other of inside) runner.run(hook(other))
        log.push(`${name} ends`)
      })
    nesting('a', 'b')
    expect(log).toEqual(['a begins', 'a ends', 'b', 'released'])
    runner.run(hook('c', Promise.resolve()))
    nesting('d', 'f')
    runner.run(hook('e'))
    await turn()
    expect(log.slice(4)).toEqual(['c', 'd begins', 'd ends', 'e', 'f', 'released'])
  })

  it('calls nothing after stop, also not what waited', async () => {
    const { runner, log, hook } = make()
    runner.run(hook('a', Promise.resolve()))
    runner.run(hook('b'))
    runner.stop()
    runner.run(hook('c'))
    await turn()
    runner.resume()
    expect([log, runner.isHeld]).toEqual([['a'], true])
  })

  it('still reports the promise that rejects after stop', async () => {
    const { runner, log, hook } = make()
    runner.run(hook('a', Promise.reject(new Error('late'))))
    runner.stop()
    await turn()
    expect(log).toEqual(['a', 'failed: Error: late'])
  })

  it('reports a thenable that throws, and continues', async () => {
    const { runner, log, hook } = make()
    const thenable = thenableBy(() => {
      throw new Error('no then')
    })
    runner.run(hook('a', thenable))
    runner.run(hook('b'))
    await turn()
    expect(log).toEqual(['a', 'failed: Error: no then', 'b', 'released'])
  })

  it('counts only the first settlement of a thenable that settles twice', async () => {
    const { runner, log, hook } = make()
    const twice = thenableBy(settle => {
      settle()
      settle()
    })
    runner.run(hook('a', twice))
    const gate = deferred()
    runner.run(hook('b', gate.promise))
    runner.run(hook('c'))
    await turn()
    expect(log.filter(entry => entry !== 'released')).toEqual(['a', 'b'])
    gate.resolve()
    await turn()
    expect(log.at(-2)).toBe('c')
  })

  it('is at rest where no hook runs or waits, and nothing holds one', async () => {
    const { runner, hook } = make()
    const gate = deferred()
    expect(runner.isAtRest).toBe(true)
    runner.run(() => void expect(runner.isAtRest).toBe(false))
    runner.run(hook('a', gate.promise))
    expect(runner.isAtRest).toBe(false)
    gate.resolve()
    await turn()
    expect(runner.isAtRest).toBe(true)
    runner.rest()
    expect(runner.isAtRest).toBe(false)
    runner.readOn()
    runner.readAhead(5)
    expect(runner.isAtRest).toBe(false)
  })
})

function make(): { runner: HookRunner; log: string[]; hook: (name: string, result?: Promise<void>) => () => Promise<void> | void } {
  const log: string[] = []
  const runner = new HookRunner({
    readingReleased: () => void log.push('released'),
    hookFailed: error => void log.push(`failed: ${error}`),
  })
  const hook = (name: string, result?: Promise<void>) => () => {
    log.push(name)
    return result
  }
  return { runner, log, hook }
}

/** A thenable that the platform has not made. */
function thenableBy(then: (settle: () => void) => void): Promise<void> {
  return Object.defineProperty({}, 'then', { value: then }) as Promise<void>
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

function thrown(): never {
  throw new Error('thrown')
}
