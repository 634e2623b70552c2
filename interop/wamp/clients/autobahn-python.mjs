import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { PeerError } from '../peer-error.mjs'

/** Starts AutobahnPython in a process of its own, and adapts it. */
export async function autobahnPython() {
  const program = new PythonProgram()
  await program.ready
  return {
    open: async ({ urls, way, realm, auth }) => {
      const url = way.startsWith('ws') ? urls.ws : urls.raw
      const { number, answer } = program.ask('open', { url, way, realm, auth: auth ?? null })
      return peer(program, number, await answer)
    },
  }
}

function peer(program, session, id) {
  return {
    id,
    subscribe: async (topic, handler, options = {}) => {
      const { number, answer } = program.ask('subscribe', { session, topic, options })
      program.listeners.set(number, handler)
      await answer
      return { end: () => program.ask('end', { what: number }).answer }
    },
    publish: async (topic, args, kwargs, options = {}) =>
      (await program.ask('publish', { session, topic, args, kwargs, options }).answer) ?? undefined,
    register: async (uri, handler, options = {}) => {
      const { number, answer } = program.ask('register', { session, uri, options })
      program.listeners.set(number, handler)
      await answer
      return { end: () => program.ask('end', { what: number }).answer }
    },
    call: (uri, args, kwargs, { disclose_me: _, ...options } = {}, onProgress) => {
      const { number, answer } = program.ask('call', { session, uri, args, kwargs, options, progressive: onProgress !== undefined })
      if (onProgress) program.listeners.set(number, onProgress)
      return { result: answer, cancel: () => program.ask('cancel', { call: number }) }
    },
    close: () => program.ask('close', { session }).answer,
  }
}

/** The process, which gets requests and tells answers and events as lines of JSON. */
class PythonProgram {
  listeners = new Map()
  ready
  #process
  #waiting = new Map()
  #interrupts = new Map()
  #last = 0

  constructor() {
    const python = fileURLToPath(new URL('../.venv/bin/python', import.meta.url))
    const program = fileURLToPath(new URL('autobahn_python.py', import.meta.url))
    this.#process = spawn(python, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface({ input: this.#process.stdout })
    this.ready = once(lines, 'line')
    lines.on('line', line => this.#read(JSON.parse(line, octetsOf)))
  }

  /** Sends a request. Returns its number, by which what it makes is known, and the answer. */
  ask(name, given) {
    const number = ++this.#last
    const answer = new Promise((resolve, reject) => this.#waiting.set(number, { resolve, reject }))
    this.#process.stdin.write(`${JSON.stringify([number, name, given], octetsAsText)}\n`)
    return { number, answer }
  }

  #read({ answer, value, error, event, invocation, progress, interrupted, ...more }) {
    if (answer !== undefined) this.#answered(answer, value, error)
    else if (event !== undefined) this.listeners.get(event)(more)
    else if (invocation !== undefined) this.#handle(this.listeners.get(invocation), progress, more)
    else if (progress !== undefined) this.listeners.get(progress)(more)
    else this.#interrupts.get(interrupted)?.abort()
  }

  #answered(number, value, error) {
    const { resolve, reject } = this.#waiting.get(number)
    this.#waiting.delete(number)
    if (error === undefined) resolve(value)
    else reject(new PeerError(error.uri, error.args, error.kwargs))
  }

  async #handle(handler, isProgressive, { call, args, kwargs, details }) {
    const interrupt = new AbortController()
    this.#interrupts.set(call, interrupt)
    const progress = isProgressive ? values => this.ask('progressed', { call, args: values }) : undefined
    try {
      const answer = await handler({ args, kwargs, details, progress, signal: interrupt.signal })
      this.ask('answer', { call, args: answer.args, kwargs: answer.kwargs })
    } catch (error) {
      this.ask('answer', { call, error: { uri: error.uri ?? String(error), args: error.args ?? [], kwargs: error.kwargs ?? {} } })
    }
  }
}

function octetsAsText(_, value) {
  return value instanceof Uint8Array ? { $octets: Buffer.from(value).toString('base64') } : value
}

function octetsOf(_, value) {
  return typeof value?.$octets === 'string' ? new Uint8Array(Buffer.from(value.$octets, 'base64')) : value
}
