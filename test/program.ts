import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import * as net from 'node:net'

/** A program in a process of its own, and its output. */
export class Program {
  readonly #name: string
  readonly #process: ChildProcess
  readonly #watchers = new Set<() => void>()
  #output = ''
  #hasEnded = false

  constructor(file: string, args: readonly (string | number)[] = [], cwd?: string) {
    this.#name = [file, ...args].join(' ')
    this.#process = spawn(process.execPath, [file, ...args.map(String)], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
        this.#changed()
      })
    }
    this.#process.on('close', () => {
      this.#hasEnded = true
      this.#changed()
    })
    started.add(this)
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Waits for a match of the pattern in the output. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output)
      if (match !== null) return match
      if (this.#hasEnded) throw new Error(`${this.#name} ended without printing ${pattern}; it printed:\n${this.#output}`)
      await new Promise<void>(resolve => this.#watchers.add(resolve))
    }
  }

  /** Waits until the program has ended by itself, and returns its output. */
  async output(): Promise<string> {
    while (!this.#hasEnded) await new Promise<void>(resolve => this.#watchers.add(resolve))
    if (this.#process.exitCode !== 0) throw new Error(`${this.#name} ended with ${this.#process.exitCode}; it printed:\n${this.#output}`)
    return this.#output
  }

  /** Asks the program to end, and returns its exit code, or the signal that ended it. */
  async terminate(): Promise<number | NodeJS.Signals | null> {
    this.#process.kill('SIGTERM')
    while (!this.#hasEnded) await new Promise<void>(resolve => this.#watchers.add(resolve))
    return this.#process.exitCode ?? this.#process.signalCode
  }

  /** Kills the program. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    while (!this.#hasEnded) await new Promise<void>(resolve => this.#watchers.add(resolve))
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher()
    this.#watchers.clear()
  }
}

const started = new Set<Program>()

/** Ends all programs that a test has left running. */
export async function endPrograms(): Promise<void> {
  await Promise.all([...started].map(program => program.kill()))
  started.clear()
}

/** Returns a port that was free a moment ago, for programs that need a port and do not print it. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Waits until a program that prints nothing accepts connections. */
export async function listening(program: Program, port: number): Promise<void> {
  while (!(await accepts(port))) {
    if (program.hasEnded) await program.output()
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = net.connect(port, 'localhost')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
