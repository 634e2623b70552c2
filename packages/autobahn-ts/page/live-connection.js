import { retryDelay } from './backoff.js'

/**
 * A WebSocket that reconnects when it ends, with longer waits after each failure. `state` is `connecting`, `open`, `waiting` (for the next
 * attempt) or `stopped`; each change calls `changed`.
 */
export class LiveConnection extends EventTarget {
  state = 'stopped'
  /** The close event of the last connection that was open. Tries that fail after it do not replace the reason that the server gave. */
  end = undefined
  /** The time of the next attempt, on the clock of `performance.now()`. */
  retryAt = 0
  #url
  #changed
  #socket
  #failures = 0
  #timer

  constructor(url, changed) {
    super()
    this.#url = url
    this.#changed = changed
    addEventListener('online', () => this.#retryNow())
    document.addEventListener('visibilitychange', () => this.#retryNow())
  }

  /** Connects, or retries at once. */
  start() {
    if (this.state === 'open' || this.state === 'connecting') return
    clearTimeout(this.#timer)
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    socket.addEventListener('open', () => {
      if (socket === this.#socket) this.#opened()
    })
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket) this.dispatchEvent(new MessageEvent('message', { data }))
    })
    socket.addEventListener('close', event => {
      if (socket === this.#socket) this.#closed(event)
    })
    this.#become('connecting')
  }

  stop(reason = 'ended by the person at the page') {
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = undefined
    if (socket !== undefined && socket.readyState <= WebSocket.OPEN) {
      socket.close(1000, reason)
      this.end = { code: 1000, reason, wasClean: true }
    }
    this.#failures = 0
    this.#become('stopped')
  }

  /** Sends text. Returns false if the connection is not open; the browser would drop a text that follows the server's close frame. */
  send(text) {
    if (this.state !== 'open' || this.#socket.readyState !== WebSocket.OPEN) return false
    this.#socket.send(text)
    return true
  }

  #opened() {
    this.#failures = 0
    this.#become('open')
  }

  #closed({ code, reason, wasClean }) {
    this.#socket = undefined
    if (this.#failures === 0 || this.end === undefined || reason !== '') this.end = { code, reason, wasClean }
    const delay = retryDelay(this.#failures++)
    this.retryAt = performance.now() + delay
    this.#timer = setTimeout(() => this.start(), delay)
    this.#become('waiting')
  }

  #retryNow() {
    if (this.state === 'waiting' && !document.hidden) this.start()
  }

  #become(state) {
    this.state = state
    this.dispatchEvent(new Event(state))
    this.#changed()
  }
}
