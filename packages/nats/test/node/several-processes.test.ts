import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Connection, connect } from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'
import type { NatsCounters } from '../../src/node/nats-counters.ts'
import type { Gap } from '../../src/wire/gap-watch.ts'
import { hasNatsServer, NatsServer } from '../fixtures/nats-server.ts'

/** The number of members that stay, in all processes together: 60, and more where a run by hand says so. */
const memberCount = Number(process.env.MEMBERS ?? 60)
const broadcastCount = 50

describe.skipIf(!hasNatsServer)('channels of three processes over NATS', { timeout: 120_000 }, () => {
  const ended: { end(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of ended.splice(0).reverse()) await each.end()
  })

  it('keep the order of each process, miss nothing and repeat nothing, while others come and go; and say what ends', async () => {
    const nats = await NatsServer.start()
    ended.push(nats)
    const processes: ChannelProcess[] = []
    for (const name of ['a', 'b', 'c']) processes.push(await ChannelProcess.start(nats.url, name))
    ended.push(...processes)
    const [a, b, c] = processes as [ChannelProcess, ChannelProcess, ChannelProcess]
    const members: Member[] = []
    for (let i = 0; i < memberCount; i++) members.push(await Member.join(processes[i % 3]!))

    // All broadcast at once, while connections join and leave.
    const churning = churn(processes)
    const told = await Promise.all(processes.map(each => each.broadcast(broadcastCount)))
    await churning.end()
    expect(told.map(({ remotes }) => remotes)).toEqual([['published'], ['published'], ['published']])
    for (const member of members) await member.has(['a', 'b', 'c'], broadcastCount)

    // One process is killed: its members are gone, and the others go on and are told.
    await b.broadcast(1)
    for (const member of members) await member.has(['b'], broadcastCount + 1)
    b.kill()
    const left = members.filter(({ of }) => of !== b)
    await a.broadcast(1)
    for (const member of left) await member.has(['a'], broadcastCount + 1)
    expect((await a.told(({ gaps }) => gaps.length > 0)).gaps.map(({ subject, missing }) => ({ subject, missing }))).toEqual([
      { subject: '/room', missing: 'unknown' },
    ])

    // NATS restarts: who broadcasts meanwhile is told, and so is who has missed it.
    await nats.kill()
    for (const each of [a, c]) await each.told(({ isConnected }) => !isConnected)
    expect(await a.broadcast(3)).toEqual({ broadcasted: broadcastCount + 4, remotes: ['unreachable'] })
    await nats.start()
    for (const each of [a, c]) await each.told(({ isConnected }) => isConnected)
    const { gaps } = await c.told(({ counters }) => counters.missing > 0)
    expect(gaps.filter(({ missing }) => missing !== 'unknown').map(({ subject, missing }) => ({ subject, missing }))).toEqual([
      { subject: '/room', missing: 3 },
    ])
    await c.broadcast(1)
    for (const member of left) await member.has(['c'], broadcastCount + 1)
    for (const member of left.filter(({ of }) => of === a)) expect(member.numbers('a')).toEqual(upTo(broadcastCount + 4))
    for (const member of left.filter(({ of }) => of === c)) expect(member.numbers('a')).toEqual(upTo(broadcastCount + 1))
  })
})

/** A process with a server. */
class ChannelProcess {
  readonly #child: ChildProcess
  #port = 0
  #questions = 0

  static async start(url: string, name: string): Promise<ChannelProcess> {
    const started = new ChannelProcess(
      fork(fileURLToPath(new URL('./children/channel-process.mjs', import.meta.url)), [url, name], { execArgv: [] }),
    )
    started.#port = (await started.#message<{ port: number }>(message => message.port !== undefined)).port
    return started
  }

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/room`
  }

  broadcast(count: number): Promise<Told> {
    const told = this.#message<Told>(message => message.broadcasted !== undefined)
    this.#child.send({ broadcast: count })
    return told
  }

  /** Asks the process for its state until it fulfils a condition. */
  async told(isMet: (state: State) => boolean): Promise<State> {
    for (;;) {
      const ask = ++this.#questions
      const answer = this.#message<State>(message => message.answer === ask)
      this.#child.send({ ask })
      const state = await answer
      if (isMet(state)) return state
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.kill()
    await exited
  }

  #message<Message>(isIt: (message: Record<string, unknown>) => boolean): Promise<Message> {
    return new Promise(resolve => {
      const listen = (message: Record<string, unknown>): void => {
        if (!isIt(message)) return
        this.#child.off('message', listen)
        resolve(message as Message)
      }
      this.#child.on('message', listen)
    })
  }
}

interface Told {
  readonly broadcasted: number
  readonly remotes: readonly string[]
}

interface State {
  readonly gaps: readonly Gap[]
  readonly counters: NatsCounters
  readonly isConnected: boolean
}

/** A connection to a process that is a member of the channel, with what it has heard. */
class Member {
  readonly of: ChannelProcess
  readonly #heard: string[] = []
  #changed: () => void = () => undefined

  static async join(of: ChannelProcess): Promise<Member> {
    const ws = await connect(of.url)
    expect(await ws.receive()).toBe('joined')
    return new Member(of, ws)
  }

  private constructor(of: ChannelProcess, ws: Connection) {
    this.of = of
    void this.#listen(ws)
  }

  /** Waits until a message of this number was heard from each process, and checks that all before it were, in order. */
  async has(names: readonly string[], count: number): Promise<void> {
    while (!names.every(name => this.#heard.includes(`${name} ${count}`))) await new Promise<void>(resolve => (this.#changed = resolve))
    for (const name of names) expect(this.numbers(name)).toEqual(upTo(count))
  }

  numbers(name: string): number[] {
    return this.#heard.filter(text => text.startsWith(`${name} `)).map(text => Number(text.slice(name.length + 1)))
  }

  async #listen(ws: Connection): Promise<void> {
    try {
      for await (const text of ws) {
        this.#heard.push(String(text))
        this.#changed()
      }
    } catch {
      // The process was killed.
    }
  }
}

/** Has connections join and leave, until it is told to end. */
function churn(processes: readonly ChannelProcess[]): { end(): Promise<void> } {
  let isEnding = false
  const come = async (of: ChannelProcess): Promise<void> => {
    do {
      const ws = await connect(of.url)
      await ws.receive()
      await ws.close()
    } while (!isEnding)
  }
  const coming = Promise.all(processes.map(come))
  return {
    end: async () => {
      isEnding = true
      await coming
    },
  }
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}
