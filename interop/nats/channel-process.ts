import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Gap } from '@autobahn-ts/nats'
import { type Connection, connect } from '@autobahn-ts/websocket'

/** The options of a process. */
export interface ProcessOptions {
  readonly servers: readonly string[]
  readonly prefix: string
  readonly name: string
  readonly host?: string
  readonly history?: { readonly count: number; readonly seconds: number }
  readonly replicas?: number
}

/** The state of a process, and what came of the broadcasts that it was asked for. */
export interface ProcessState {
  readonly results: readonly { readonly number: number; readonly remote: string; readonly sent: number; readonly stored?: boolean }[]
  readonly gaps: readonly Gap[]
  readonly errors: readonly string[]
  readonly isConnected: boolean
  readonly position?: string
  /** The octets of memory that the process has. */
  readonly memory: number
}

/** A process with members of one channel. */
export class ChannelProcess {
  readonly #child: ChildProcess
  readonly #host: string
  #port = 0
  #asked = 0

  /** Starts a process, in a network namespace if one is named. */
  static async start(options: ProcessOptions, namespace?: string): Promise<ChannelProcess> {
    const { host = '127.0.0.1' } = options
    const command = [process.execPath, program, JSON.stringify({ ...options, host })]
    const [file = '', ...given] = namespace === undefined ? command : ['ip', 'netns', 'exec', namespace, ...command]
    const started = new ChannelProcess(spawn(file, given, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }), host)
    started.#port = (await started.#message<{ port: number }>(message => message.port !== undefined)).port
    return started
  }

  private constructor(child: ChildProcess, host: string) {
    this.#child = child
    this.#host = host
  }

  /** Connects a member, which is up to date when the promise resolves. */
  async join(since?: string): Promise<Member> {
    const query = since === undefined ? '' : `?since=${encodeURIComponent(since)}`
    const member = new Member(await connect(`ws://${this.#host}:${this.#port}/${query}`))
    await member.heard('joined')
    return member
  }

  /** Has the process broadcast messages one after the other, with so many octets beside their names, and returns its state. */
  ask(broadcast = 0, size = 0): Promise<ProcessState> {
    const ask = ++this.#asked
    const answer = this.#message<ProcessState>(message => message.answer === ask)
    this.#child.send({ ask, broadcast, size })
    return answer
  }

  /** Asks the process for its state until it fulfils a condition. */
  async is(isMet: (state: ProcessState) => boolean): Promise<ProcessState> {
    for (;;) {
      const state = await this.ask()
      if (isMet(state)) return state
      await pause()
    }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
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

/** A connection that is a member, with all that it has heard. */
export class Member {
  readonly got: string[] = []
  #changed: () => void = () => undefined

  constructor(ws: Connection) {
    void this.#listen(ws)
  }

  /** Resolves when a message was heard. */
  async heard(text: string): Promise<void> {
    while (!this.got.includes(text)) await new Promise<void>(resolve => (this.#changed = resolve))
  }

  /** The numbers that were heard of a process. */
  numbers(name: string): number[] {
    return this.got.filter(text => text.startsWith(`${name} `)).map(text => Number(text.split(' ')[1]))
  }

  async #listen(ws: Connection): Promise<void> {
    try {
      for await (const text of ws) {
        this.got.push(String(text))
        this.#changed()
      }
    } catch {
      // The process has ended.
    }
  }
}

/** Lets some time pass between two questions. */
export function pause(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 50))
}

const program = fileURLToPath(new URL('./channel-process.mjs', import.meta.url))
