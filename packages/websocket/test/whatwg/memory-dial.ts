import { whenAborted } from '../../src/bytes/when-aborted.ts'
import { type FakeClock, fakeRuntime, memoryPair } from '../../src/testing/index.ts'
import { RawPeer } from '../../src/testing/raw-peer.ts'
import type { Dial } from '../../src/whatwg/dialer.ts'

/** A dialer in memory, and the servers that it has reached: each writes octets that nobody checks. */
export class MemoryDial {
  readonly servers: { readonly peer: RawPeer; readonly clock: FakeClock }[] = []
  readonly #factoryOptions: Dial['factoryOptions']

  constructor(factoryOptions: Dial['factoryOptions'] = { autoPingInterval: 0 }) {
    this.#factoryOptions = factoryOptions
  }

  get dial(): Dial {
    return {
      factoryOptions: this.#factoryOptions,
      connect: async (factory, signal) => {
        signal.throwIfAborted()
        const runtime = fakeRuntime()
        const [ofClient, ofServer] = memoryPair(runtime.clock)
        this.servers.push({ peer: new RawPeer(ofServer, runtime, false), clock: runtime.clock })
        const transport = { peer: { address: 'test', port: 80 }, own: { address: '', port: undefined }, isSecure: false }
        const client = factory.connectStream(ofClient, transport, runtime)
        runtime.clock.flush()
        const offAbort = whenAborted(signal, () => client.dropConnection({ abort: true }))
        await client.opened.finally(offAbort)
        return client as never
      },
    }
  }

  /** The server that was reached last, as soon as there is one. */
  async server(): Promise<{ readonly peer: RawPeer; readonly clock: FakeClock }> {
    for (let turns = 0; turns < 20 && this.servers.length === 0; turns++) await undefined
    return this.servers.at(-1)!
  }
}

/** Collects the events of a target as short texts. */
export function recorded(target: EventTarget): string[] {
  const events: string[] = []
  for (const type of ['open', 'message', 'error', 'close']) {
    target.addEventListener(type, event => {
      const { data, code, reason, wasClean } = event as Event & Record<string, unknown>
      const rest = type === 'message' ? [data] : type === 'close' ? [code, reason, wasClean] : []
      events.push([type, ...rest].map(String).join(' ').trim())
    })
  }
  return events
}
