import { Chat } from './chat.js'
import { endInWords } from './close-words.js'
import { EchoMeter } from './echo.js'
import { LiveConnection } from './live-connection.js'
import { Uploader } from './upload.js'

const stateElement = document.getElementById('link-state')
const wordsElement = document.getElementById('link-words')
const endElement = document.getElementById('link-end')
const reasonElement = document.getElementById('link-reason')
const retryElement = document.getElementById('link-retry')
const button = document.getElementById('link-button')
const stateWords = { open: 'Connected', connecting: 'Connecting…', waiting: 'Not connected', stopped: 'Disconnected' }

const echo = new EchoMeter(new LiveConnection(urlOf('/echo'), show))
const chat = new Chat(new LiveConnection(urlOf('/chat'), show))
const links = [echo.connection, chat.connection]
new Uploader(urlOf('/upload'))

button.addEventListener('click', () => {
  const connect = overall() === 'stopped' || overall() === 'waiting'
  for (const link of links) connect ? link.start() : link.stop()
})
// An open connection would keep the page out of the browser's back-and-forward cache.
addEventListener('pagehide', () => {
  for (const link of links) link.stop('the page was left')
})
addEventListener('pageshow', event => {
  if (event.persisted) for (const link of links) link.start()
})
// A file dropped outside the field would make the browser leave the page and show the file.
for (const name of ['dragover', 'drop']) addEventListener(name, event => event.preventDefault())

for (const link of links) link.start()
setInterval(showRetry, 250)
for (const code of document.querySelectorAll('[data-program]')) void showProgram(code)

function urlOf(path) {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`
}

/** Returns the worse state of the two connections, which start and stop together. */
function overall() {
  return ['stopped', 'waiting', 'connecting', 'open'].find(state => links.some(link => link.state === state))
}

function show() {
  const state = overall()
  stateElement.dataset.state = state
  write(wordsElement, stateWords[state])
  write(button, state === 'stopped' || state === 'waiting' ? 'Connect' : 'Disconnect')
  const end = links.map(link => link.end).find(lastEnd => lastEnd !== undefined)
  endElement.hidden = state === 'open' || end === undefined
  if (end !== undefined) write(reasonElement, `The connection ended: ${endInWords(end)}`)
  showRetry()
}

/** Shows the countdown. It is not a live region, because a countdown should not be read aloud. */
function showRetry() {
  const waiting = links.filter(link => link.state === 'waiting')
  const seconds = Math.max(1, Math.ceil(Math.min(...waiting.map(link => link.retryAt - performance.now())) / 1000))
  write(retryElement, waiting.length > 0 ? `The page tries again in ${seconds} s.` : '')
}

/** Writes a text if it has changed. Live regions are read aloud at each write. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/** Shows the program behind a card, from the file that its link leads to. */
async function showProgram(code) {
  const response = await fetch(`programs/${code.dataset.program}.js`)
  code.textContent = response.ok ? (await response.text()).trimEnd() : 'The program could not be loaded.'
}
