// @ts-check
// The page of the chat. In a browser `@autobahn-ts/wamp` is its entry for browsers: the bundler sees to that.
import { connect } from '@autobahn-ts/wamp'

const topic = 'com.example.chat'
const name = new URLSearchParams(location.search).get('name') ?? 'somebody'
const input = /** @type {HTMLInputElement} */ (document.querySelector('#text'))
/** @type {Set<number>} */
const shown = new Set()
let enter = async () => {}

// The address is relative to the page.
const client = await connect('/', {
  realm: 'chat',
  retryFirst: true,
  // A line that is typed while the router is away is sent when it is back, up to a minute later.
  waitForSession: 60_000,
  onJoin: () => enter(),
  onLost: ({ retryIn }) => state('lost', retryIn === Infinity ? 'offline' : `lost, next try in ${((retryIn ?? 0) / 1000).toFixed(1)} s`),
})

// Made again by the client in each session.
const subscription = await client.subscribe(topic, show)

// In each session: the lines that this page has missed, a last word that the router says when the page is gone, and a greeting.
enter = async () => {
  if (subscription.id === undefined) return
  for (const line of await client.call('wamp.subscription.get_events', [subscription.id])) show(line)
  await client.call('wamp.session.add_testament', [topic, [`${name} has left`], {}])
  await say(`${name} is here`)
  state('open', 'connected')
}

document.querySelector('#form')?.addEventListener('submit', event => {
  event.preventDefault()
  say(`${name}: ${input.value}`).catch(error => state('lost', `not sent: ${error.message}`))
  input.value = ''
})
await enter()

/**
 * Publishes a line, to this page too, and waits until the router has it.
 *
 * @param {string} text
 */
function say(text) {
  return client.publish(topic, [text], {}, { acknowledge: true, excludeMe: false })
}

/** @param {{ publication: number, args?: readonly unknown[] }} line */
function show({ publication, args: [text] = [] }) {
  // A line may come twice, as an event and out of the history.
  if (shown.has(publication)) return
  shown.add(publication)
  const line = document.createElement('li')
  line.textContent = String(text)
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
