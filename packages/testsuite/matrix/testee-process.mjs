import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A running testee. Its standard error is kept for the error message if it ends unexpectedly. */
export class TesteeProcess {
  #process
  #errors = ''
  #ended

  constructor([command, args]) {
    this.#process = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process.stderr.setEncoding('utf8').on('data', text => {
      this.#errors = (this.#errors + text).slice(-2000)
    })
    this.#ended = new Promise((resolve, reject) => {
      this.#process.on('error', reject)
      this.#process.on('exit', (code, signal) => resolve(signal ?? code))
    })
    this.#ended.catch(() => {})
  }

  /** Returns the first line of its output: a server's address. */
  address() {
    const line = new Promise(resolve => createInterface({ input: this.#process.stdout }).once('line', resolve))
    const tooEarly = this.#ended.then(how => Promise.reject(new Error(`the testee ended with ${how}\n${this.#errors}`)))
    return Promise.race([line, tooEarly])
  }

  /** Resolves when it has exited with status 0; rejects after so many minutes. */
  async done(minutes) {
    this.#process.stdout.resume()
    const timer = setTimeout(() => this.end(), minutes * 60_000)
    const how = await this.#ended
    clearTimeout(timer)
    if (how !== 0) throw new Error(`the testee ended with ${how}\n${this.#errors}`)
  }

  end() {
    this.#process.kill('SIGKILL')
  }
}
