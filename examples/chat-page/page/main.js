// @ts-check
import { connect } from '@autobahn-ts/websocket'

const name = new URLSearchParams(location.search).get('name') ?? 'somebody'
const input = /** @type {HTMLInputElement} */ (document.querySelector('#text'))

const ws = await connect('/chat', {
  reconnect: {
    // what is typed while the server is away, up to ten messages, is sent when it is back
    queue: 10,
    retryFirst: true,
    onOpen: async connection => {
      await connection.send(name)
      state('open', 'connected')
    },
    onLost: ({ retryIn }) => state('lost', retryIn === Infinity ? 'offline' : `lost, next try in ${((retryIn ?? 0) / 1000).toFixed(1)} s`),
  },
})
document.querySelector('#form')?.addEventListener('submit', event => {
  event.preventDefault()
  ws.send(input.value).catch(error => show(`not sent: ${error.message}`))
  input.value = ''
})

for await (const text of ws.texts()) show(text)
state('lost', 'the server has closed the chat')

/** @param {string} text */
function show(text) {
  const line = document.createElement('li')
  line.textContent = text
  document.querySelector('#said')?.append(line)
}

/**
 * @param {'open' | 'lost'} how
 * @param {string} words
 */
function state(how, words) {
  const line = /** @type {HTMLElement} */ (document.querySelector('#state'))
  line.dataset.state = how
  line.textContent = words
}
