import { memoryRouter } from '@autobahn-ts/router/testing'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../src/client/client.ts'
import { attachComponent } from '../../src/component/attach-component.ts'
import { procedure, topic } from '../../src/component/decorators.ts'
import type { Invocation } from '../../src/session/invocation.ts'
import type { WampEvent } from '../../src/session/subscriptions.ts'
import { joined } from '../../src/testing/joined.ts'

class Counter {
  #count = 0
  readonly seen: unknown[] = []

  @procedure('com.example.add')
  add(n: number): number {
    this.#count += n
    return this.#count
  }

  @procedure('com.example.whole', { takesInvocation: true })
  whole({ kwargs, signal }: Invocation): unknown {
    return [kwargs, signal.aborted]
  }

  @procedure()
  reset(): void {
    this.#count = 0
  }

  @topic('com.example.tick', { match: 'prefix' })
  ticked({ topic: uri, args }: WampEvent): void {
    this.seen.push([uri, ...args])
  }
}

describe('attachComponent', () => {
  it('registers and subscribes the decorated methods, which end together', async () => {
    const { clock, component, other } = await world()
    const counter = new Counter()
    const attached = await settled(clock, attachComponent(component, counter, { prefix: 'com.example.' }))
    expect(attached.registrations.map(({ uri }) => uri)).toEqual(['com.example.add', 'com.example.whole', 'com.example.reset'])
    expect(await settled(clock, other.call('com.example.add', [2]))).toBe(2)
    expect(await settled(clock, other.call('com.example.add', [3]))).toBe(5)
    expect(await settled(clock, other.call('com.example.whole', [], { a: 1 }))).toEqual([{ a: 1 }, false])
    await expect(settled(clock, other.call('com.example.add', [3], { a: 1 }))).rejects.toMatchObject({ uri: 'wamp.error.invalid_argument' })
    other.publish('com.example.tick.1', [7])
    await clock.settle()
    expect(counter.seen).toEqual([['com.example.tick.1', 7]])
    await settled(clock, attached[Symbol.asyncDispose]())
    await expect(settled(clock, other.call('com.example.add', [2]))).rejects.toMatchObject({ uri: 'wamp.error.no_such_procedure' })
  })

  it('takes back what was made where one is refused', async () => {
    const { clock, component, other } = await world()
    await settled(
      clock,
      other.register('com.example.reset', () => 1),
    )
    await expect(settled(clock, attachComponent(component, new Counter(), { prefix: 'com.example.' }))).rejects.toMatchObject({
      uri: 'wamp.error.procedure_already_exists',
    })
    await expect(settled(clock, other.call('com.example.add', [2]))).rejects.toMatchObject({ uri: 'wamp.error.no_such_procedure' })
  })

  it('rejects, and nothing else, where a subscription fails while the router confirms a registration', async () => {
    const { clock, component } = await world()
    class Misspelt {
      reset(): void {}
      tick(): void {}
    }
    const context = { kind: 'method', static: false, private: false }
    procedure('com.example.reset')(Misspelt.prototype.reset, context)
    topic('com.example.tick', { mach: 'prefix' } as never)(Misspelt.prototype.tick, context)
    const unhandled: unknown[] = []
    const note = (error: unknown): unknown => unhandled.push(error)
    process.on('unhandledRejection', note)
    const attaching = attachComponent(component, new Misspelt())
    attaching.catch(() => undefined)
    // unhandled rejections are told after a turn of the event loop
    await new Promise(resolve => setImmediate(resolve))
    await expect(settled(clock, attaching)).rejects.toThrow('there is no option mach of subscribe')
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  it('refuses what has no methods, or no URI', async () => {
    const { clock, component, other } = await world()
    await expect(attachComponent(component, {})).rejects.toThrow('no method with @procedure or @topic')
    await expect(attachComponent(component, 5 as never)).rejects.toThrow('attachComponent takes an object, and not 5')
    await expect(attachComponent(component, new Counter())).rejects.toThrow('the decorator of reset has no URI')
    await expect(settled(clock, other.call('com.example.add', [2]))).rejects.toMatchObject({ uri: 'wamp.error.no_such_procedure' })
    await expect(attachComponent(component, new Counter(), { prefx: 'a' } as never)).rejects.toThrow('did you mean prefix?')
  })
})

async function world(): Promise<{ clock: FakeClock; component: Client; other: Client }> {
  const clock = new FakeClock()
  const { router } = memoryRouter({ clock })
  return { clock, component: await joined({ router, clock }), other: await joined({ router, clock }) }
}

async function settled<Value>(clock: FakeClock, promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined)
  for (let n = 0; n < 3; n++) await clock.settle()
  return promise
}
