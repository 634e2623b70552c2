import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const running = new Set()

/** A process that gets commands as lines and answers each with a line of JSON. It ends when its standard input does. */
export class Child {
  #process
  #lines = []
  #waiting
  #name
  #failure
  #ended

  constructor(name, command, args, env = {}) {
    this.#name = name
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } })
    running.add(this)
    this.#ended = new Promise(resolve => {
      this.#process.on('error', error => resolve(this.#fail(error.message)))
      this.#process.on('exit', (code, signal) => resolve(this.#fail(`it ended with ${signal ?? code}`)))
    })
    this.#process.stdin.on('error', () => {})
    createInterface({ input: this.#process.stdout }).on('line', line => {
      if (this.#waiting === undefined) this.#lines.push(line)
      else this.#waiting.resolve(line)
    })
  }

  /** Starts a program of this folder with this Node. */
  static node(file, args = [], env = {}, flags = [], node = process.execPath) {
    return new Child(file, node, [...flags, fileURLToPath(new URL(file, import.meta.url)), ...args], env)
  }

  /** Returns the next line. Throws if it is an error, if the process has ended, and after two minutes. */
  async said() {
    if (this.#lines.length === 0 && this.#failure !== undefined) throw this.#failure
    const answer = JSON.parse(this.#lines.shift() ?? (await this.#line()))
    if (answer.error !== undefined) throw new Error(`${this.#name}: ${answer.error}`)
    return answer
  }

  ask(order) {
    this.#process.stdin.write(`${JSON.stringify(order)}\n`)
    return this.said()
  }

  /** Returns the CPU time of the process in microseconds, all threads together. */
  async cpu() {
    return (await this.ask({ command: 'cpu' })).cpu
  }

  /** The resident memory of the process in KiB, counted page by page, because the sum in `status` lags behind. */
  get resident() {
    return Number(/^Rss:\s+(\d+)/m.exec(readFileSync(`/proc/${this.#process.pid}/smaps_rollup`, 'utf8'))[1])
  }

  /** The number of minor page faults of the process: pages that it got from the system. */
  get pageFaults() {
    return Number(readFileSync(`/proc/${this.#process.pid}/stat`, 'latin1').split(') ').at(-1).split(' ')[7])
  }

  /** Ends its input, so that it can write its results and exit. */
  leave() {
    running.delete(this)
    this.#process.stdin.end()
    return this.#ended
  }

  end() {
    running.delete(this)
    this.#process.stdin.end()
    this.#process.kill('SIGKILL')
    return this.#ended
  }

  #line() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.#name}: no answer for ${longest / 1000} seconds`)), longest)
      const done = settle => value => {
        clearTimeout(timer)
        this.#waiting = undefined
        settle(value)
      }
      this.#waiting = { resolve: done(resolve), reject: done(reject) }
    })
  }

  #fail(why) {
    running.delete(this)
    this.#failure = new Error(`${this.#name}: ${why}`)
    this.#waiting?.reject(this.#failure)
  }
}

/** Ends all processes that still run. */
export async function endChildren() {
  await Promise.all([...running].map(child => child.end()))
}

const longest = 120_000
