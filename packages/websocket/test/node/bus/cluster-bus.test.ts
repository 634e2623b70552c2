import { execFile, spawn } from 'node:child_process'
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Bus, BusHandler, BusSubscription } from '../../../src/bus/bus.ts'
import type { ClosableBus } from '../../../src/bus/linked-bus.ts'
import type { Connection } from '../../../src/conversation/connection.ts'
import { clusterBus } from '../../../src/node/bus/cluster-bus.ts'
import { connect } from '../../../src/node/edge/connect.ts'
import { testBus } from '../../bus/bus-suite.ts'

// This process is the primary one; its workers run the build.
const workers: BusWorker[] = []

beforeAll(async () => {
  workers.push(await BusWorker.start(), await BusWorker.start())
})
afterAll(() => {
  for (const { worker } of workers) worker.process.kill('SIGKILL')
})

testBus('node:cluster, one participant in the primary process and two in workers', async () => {
  const open: { close(): Promise<void> }[] = []
  return {
    connect: async () => {
      const worker = workers[open.length - 1]
      const bus = worker === undefined ? await clusterBus({ onError: () => undefined }) : await worker.connect()
      open.push(bus)
      return { bus, caughtUp: async () => worker?.caughtUp() }
    },
    end: async () => {
      for (const bus of open) await bus.close()
    },
  }
})

testBus('node:cluster, all participants in workers, two of them in one', async () => {
  const open: RemoteBus[] = []
  return {
    connect: async () => {
      const worker = workers[open.length % 2]!
      const bus = await worker.connect()
      open.push(bus)
      return { bus, caughtUp: () => worker.caughtUp() }
    },
    end: async () => {
      for (const bus of open) await bus.close()
    },
  }
})

describe('clusterBus', () => {
  it('joins the members of channels in two workers, in order, and goes on when one is killed and another begins', async () => {
    const primary = await clusterBus()
    const chat = [await chatWorker(), await chatWorker()]
    const clients = [await memberOf(chat[0]!), await memberOf(chat[0]!), await memberOf(chat[1]!), await memberOf(chat[1]!)]
    const texts = Array.from({ length: 200 }, (_, number) => `${number}`)
    for (const text of texts) for (const client of [clients[0]!, clients[2]!]) void client.send(`${clients.indexOf(client)} ${text}`)
    for (const [at, client] of clients.entries()) {
      const from = [0, 2].filter(sender => sender !== at)
      const got = await received(client, texts.length * from.length)
      for (const sender of from) expect(got.filter(text => text.startsWith(`${sender} `))).toEqual(texts.map(text => `${sender} ${text}`))
    }
    const ends = [clients[0]!.closed, clients[1]!.closed]
    chat[0]!.worker.process.kill('SIGKILL')
    expect((await Promise.all(ends)).map(({ code }) => code)).toEqual([1006, 1006])
    await clients[2]!.send('still here')
    expect(await clients[3]!.receive()).toBe('still here')
    const another = await chatWorker()
    const newcomer = await memberOf(another)
    await clients[2]!.send('welcome')
    await newcomer.send('thank you')
    expect({ newcomer: await newcomer.receive(), other: [await clients[3]!.receive(), await clients[3]!.receive()].sort() }).toEqual({
      newcomer: 'welcome',
      other: ['thank you', 'welcome'],
    })
    for (const { worker } of [chat[1]!, another]) worker.process.kill('SIGKILL')
    await primary.close()
  })

  it('forgets the subscriptions of a worker that was killed', async () => {
    const bus = await clusterBus()
    const worker = await BusWorker.start()
    const remote = await worker.connect()
    await remote.subscribe('killed', () => undefined)
    const exited = once(worker.worker, 'exit')
    worker.worker.process.kill('SIGKILL')
    await exited
    await bus.publish('killed', Uint8Array.of(1))
    await bus.close()
  })

  it('rejects in a worker whose primary process does not call it', async () => {
    const { stdout } = await run('deaf-primary.mjs')
    expect(stdout).toBe('BusError unreachable: the primary process has not answered within 5 s; it must call clusterBus() too\n')
  })

  for (const serialization of ['json', 'advanced']) {
    it(`carries octets with the serialization ${serialization}`, async () => {
      const { stdout } = await run('octets-primary.mjs', serialization)
      expect(JSON.parse(stdout)).toEqual({ isSame: true, isPlain: true })
    })
  }

  it('says in a worker that the primary process is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orphan-'))
    const file = join(folder, 'said.json')
    const child = spawn(process.execPath, [fileOf('orphan.mjs'), file], { stdio: ['ignore', 'pipe', 'inherit'] })
    // The output ends with the last process that has it: the worker.
    child.stdout.resume()
    await once(child.stdout, 'end')
    const unreachable = 'BusError unreachable'
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ isConnected: false, reasons: [unreachable, unreachable] })
    rmSync(folder, { recursive: true })
  })

  it('refuses options that do not exist', async () => {
    await expect(clusterBus({ onerror: () => undefined } as object)).rejects.toThrow('did you mean onError?')
  })
})

/** A worker whose participants this process commands. */
class BusWorker {
  readonly worker: Worker
  readonly #answers = new Map<number, { resolve(): void; reject(error: Error): void }>()
  readonly #handlers = new Map<number, BusHandler>()

  static async start(): Promise<BusWorker> {
    const worker = new BusWorker(fork('bus-worker.mjs'))
    await messageOf(worker.worker, 'isReady')
    return worker
  }

  private constructor(worker: Worker) {
    this.worker = worker
    worker.on('message', message => this.#received(message))
  }

  async connect(): Promise<RemoteBus> {
    const bus = ++last
    await this.call('connect', { bus })
    return new RemoteBus(this, bus)
  }

  caughtUp(): Promise<void> {
    return this.call('nothing', {})
  }

  call(call: string, parameters: object): Promise<void> {
    return new Promise((resolve, reject) => {
      const number = ++last
      this.#answers.set(number, { resolve, reject })
      this.worker.send({ call, number, ...parameters })
    })
  }

  async subscribe(bus: number, pattern: string, handler: BusHandler): Promise<BusSubscription> {
    const subscription = ++last
    this.#handlers.set(subscription, handler)
    const throws = handler?.toString().includes('throw new Error')
    await this.call('subscribe', { bus, subscription, pattern, hasHandler: handler !== undefined, throws })
    return { unsubscribe: () => void this.call('unsubscribe', { subscription }) }
  }

  #received({ answered, error, delivered, subject, octets, isPlain }: FromWorker): void {
    if (delivered !== undefined) {
      const received = Buffer.from(octets ?? '', 'base64')
      const plain = Uint8Array.from(received)
      if (isPlain !== true) throw new Error('octets that are not plain')
      try {
        this.#handlers.get(delivered)?.(plain, subject ?? '')
      } catch {
        // The worker reports it.
      }
    }
    if (answered === undefined) return
    const answer = this.#answers.get(answered)
    this.#answers.delete(answered)
    if (error === undefined) answer?.resolve()
    else answer?.reject(Object.assign(new Error(error.message), error))
  }
}

interface FromWorker {
  readonly answered?: number
  readonly error?: { readonly name: string; readonly message: string; readonly reason?: string }
  readonly delivered?: number
  readonly subject?: string
  readonly octets?: string
  readonly isPlain?: boolean
}

/** A participant in a worker. */
class RemoteBus implements ClosableBus {
  readonly isConnected = true
  readonly #worker: BusWorker
  readonly #bus: number

  constructor(worker: BusWorker, bus: number) {
    this.#worker = worker
    this.#bus = bus
  }

  publish(...[subject, octets]: Parameters<Bus['publish']>): Promise<void> {
    const sent = octets instanceof Uint8Array ? Buffer.from(octets).toString('base64') : undefined
    return this.#worker.call('publish', { bus: this.#bus, subject, octets: sent })
  }

  subscribe(pattern: string, handler: BusHandler): Promise<BusSubscription> {
    return this.#worker.subscribe(this.#bus, pattern, handler)
  }

  close(): Promise<void> {
    return this.#worker.call('close', { bus: this.#bus })
  }
}

interface ChatWorker {
  readonly worker: Worker
  readonly port: number
}

async function chatWorker(): Promise<ChatWorker> {
  const worker = fork('channel-worker.mjs')
  const { port } = await messageOf<{ port: number }>(worker, 'port')
  return { worker, port }
}

/** A client that is a member of a channel. */
async function memberOf({ port }: ChatWorker): Promise<Connection> {
  const ws = await connect(`ws://127.0.0.1:${port}/room`)
  expect(await ws.receive()).toBe('joined')
  return ws
}

async function received(ws: Connection, count: number): Promise<string[]> {
  const got: string[] = []
  while (got.length < count) got.push((await ws.receive()) as string)
  return got
}

function fork(file: string): Worker {
  cluster.setupPrimary({ exec: fileOf(file), execArgv: [] })
  return cluster.fork()
}

/** The first message of a worker with a property of that name. */
function messageOf<Message>(worker: Worker, name: string): Promise<Message> {
  return new Promise(resolve => {
    const listen = (message: object): void => {
      if (!(name in message)) return
      worker.off('message', listen)
      resolve(message as Message)
    }
    worker.on('message', listen)
  })
}

function run(file: string, ...args: string[]): Promise<{ readonly stdout: string }> {
  return promisify(execFile)(process.execPath, [fileOf(file), ...args])
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(`./children/${name}`, import.meta.url))
}

let last = 0
