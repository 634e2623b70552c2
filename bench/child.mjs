import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process that is told something by lines, and answers each with a line of JSON. It ends when its input does. */
export class Child {
  #process
  #lines = []
  #waiting
  #name
  #isWanted = true
  #failure

  constructor(name, command, args, env = {}) {
    this.#name = name
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } })
    this.#process.on('error', error => this.#fail(error.message))
    this.#process.on('exit', (code, signal) => this.#fail(`it ended with ${signal ?? code}`))
    this.#process.stdin.on('error', () => {})
    createInterface({ input: this.#process.stdout }).on('line', line => {
      if (this.#waiting === undefined) this.#lines.push(line)
      else this.#waiting.resolve(line)
    })
  }

  /** A program of this folder, run by this Node. */
  static node(file, args, env, flags = []) {
    return new Child(file, process.execPath, [...flags, fileURLToPath(new URL(file, import.meta.url)), ...args], env)
  }

  async said() {
    if (this.#failure !== undefined && this.#lines.length === 0) throw this.#failure
    const line =
      this.#lines.shift() ??
      (await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject }
      }))
    this.#waiting = undefined
    return JSON.parse(line)
  }

  ask(question) {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`)
    return this.said()
  }

  /** Microseconds of CPU that the process has used, all its threads together: what Linux counts, to 10 ms. */
  get cpu() {
    const stat = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10_000
  }

  /** KiB of memory that the process has resident. */
  get resident() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#process.pid}/status`, 'utf8'))[1])
  }

  end() {
    this.#isWanted = false
    this.#process.stdin.end()
    this.#process.kill()
  }

  #fail(why) {
    if (!this.#isWanted) return
    this.#failure = new Error(`${this.#name}: ${why}`)
    this.#waiting?.reject(this.#failure)
  }
}
