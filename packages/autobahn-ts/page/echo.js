import { milliseconds } from './quantities.js'
import { RoundTrips } from './round-trips.js'
import { Sparkline } from './sparkline.js'

/**
 * Sends text, receives the echo, and shows the round trip time. Echoes come in the order of sending, so each belongs to the oldest text
 * without one.
 */
export class EchoMeter {
  connection
  #trips = new RoundTrips(slots)
  #waiting = []
  /** Echoes of what the page has sent by itself. */
  #probes = 0
  #announcement
  #line = new Sparkline({
    svg: element('echo-line'),
    area: element('echo-area'),
    stroke: element('echo-stroke'),
    dot: element('echo-dot'),
    slots,
  })

  constructor(connection) {
    this.connection = connection
    connection.addEventListener('open', () => {
      this.#waiting = []
      // Waits a moment: while the page still loads, the measurement would include that.
      setTimeout(() => this.#probe(), 200)
    })
    connection.addEventListener('message', ({ data }) => this.#cameBack(data, performance.now()))
    element('echo-form').addEventListener('submit', event => {
      event.preventDefault()
      this.#send(textField.value, true)
    })
    textField.addEventListener('input', () => {
      if (element('echo-each').checked) this.#send(textField.value, true)
    })
    setInterval(() => {
      if (!document.hidden && this.#waiting.length === 0) this.#probe()
    }, 1000)
  }

  /** Sends a probe, which keeps the connection in use while nobody types. */
  #probe() {
    this.#send('', false)
  }

  #send(text, isShown) {
    const entry = { isShown, sentAt: performance.now() }
    if (this.connection.send(text)) this.#waiting.push(entry)
    else if (isShown) this.#announce('Not connected: nothing was sent.', true)
  }

  #cameBack(text, at) {
    const entry = this.#waiting.shift()
    if (entry === undefined) return
    const time = at - entry.sentAt
    this.#trips.add(time)
    this.#showTimes()
    if (entry.isShown) this.#showText(text, time)
    else this.#probes++
    this.#showProbes()
  }

  #showTimes() {
    const { last, median, slowest, scale, count, latest } = this.#trips
    element('echo-last').textContent = milliseconds(last)
    element('echo-last').removeAttribute('data-empty')
    element('echo-median').textContent = `${milliseconds(median)} ms`
    element('echo-slowest').textContent = `${milliseconds(slowest)} ms`
    element('echo-count').textContent = String(count)
    this.#line.show(latest, scale)
    element('echo-scale').textContent = `0 to ${milliseconds(scale)} ms`
    const words = `The last ${latest.length} round trips took ${milliseconds(Math.min(...latest))} to ${milliseconds(slowest)} ms`
    element('echo-line').setAttribute('aria-label', words)
  }

  #showProbes() {
    element('echo-probes').textContent = this.#probes === 0 ? '' : `(${this.#probes} by the page itself)`
  }

  #showText(text, time) {
    const back = element('echo-back')
    back.toggleAttribute('data-empty', text === '')
    back.textContent = text === '' ? 'An empty message' : text
    this.#announce(`Came back after ${milliseconds(time)} milliseconds: ${text}`)
  }

  /** Announces the time to screen readers when the typing pauses, because every keystroke would be too much. */
  #announce(words, isVisible = false) {
    clearTimeout(this.#announcement)
    this.#announcement = setTimeout(() => {
      element('echo-said').textContent = words
    }, 700)
    if (!isVisible) return
    element('echo-back').textContent = words
    element('echo-back').setAttribute('data-empty', '')
  }
}

function element(id) {
  return document.getElementById(id)
}

const slots = 60
const textField = element('echo-text')
