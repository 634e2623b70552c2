import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process that answers each message with one; that it ends before it is told to ends the benchmark. */
export class Child {
  #process
  #isWanted = true

  constructor(file, ...args) {
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), args)
    this.#process.on('exit', code => {
      if (!this.#isWanted) return
      console.error(`${file} ended with ${code}`)
      process.exit(1)
    })
  }

  async said() {
    const [message] = await once(this.#process, 'message')
    return message
  }

  ask(question) {
    this.#process.send(question)
    return this.said()
  }

  end() {
    this.#isWanted = false
    this.#process.disconnect()
  }
}
