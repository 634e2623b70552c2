// @ts-check
import { RpcError } from '@autobahn-ts/wamp/v1/browser'
import { expressionOf, join, shown } from '../live.mjs'
import { Keypad } from './keypad.js'

const keypad = new Keypad()
const display = byId('display')
const pending = byId('pending')
const note = byId('note')
const feed = byId('feed')
let pressed = Promise.resolve()

const client = await join('/wamp', {
  joined: state => {
    linked('open', 'connected')
    visitors(state.visitors)
    feed.replaceChildren(...state.recent.map(calculation => entry('', calculation)))
    emptyOr()
  },
  calculated: calculation => add('somebody', calculation),
  visitors,
  lost: retryIn => {
    linked('lost', retryIn === undefined ? 'not connected' : `connection lost, next try in ${(retryIn / 1000).toFixed(1)} s`)
    byId('visitors').textContent = 'Nobody can be seen from here'
  },
}).catch(error => {
  linked('lost', 'the server cannot be reached; reload the page to try again')
  throw error
})

byId('keys').addEventListener('click', event => {
  const button = event.target instanceof Element ? event.target.closest('button') : null
  if (button?.dataset.key === undefined) return
  press(button.dataset.key)
  // After a click or a tap, Enter belongs to the calculator again, and not to the button that was pressed last.
  if (event.detail > 0) button.blur()
})

document.addEventListener('keydown', event => {
  const key = keyboard[event.key] ?? (/^[0-9.]$/.test(event.key) ? event.key : undefined)
  const pressesButton = event.key === 'Enter' && document.activeElement instanceof HTMLButtonElement
  if (key === undefined || pressesButton || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  press(key)
})

/** Handles a key. While an answer is awaited the key waits too, because it applies to the number in the answer. @param {string} key */
function press(key) {
  pressed = pressed.then(() => handle(key))
}

/** @param {string} key */
async function handle(key) {
  say('', '')
  const wanted = keypad.press(key)
  show()
  if (wanted !== undefined) await calculate(wanted)
}

/** @param {import('./keypad.js').Wanted} wanted */
async function calculate(wanted) {
  const started = performance.now()
  try {
    const result = await client.callWith({ timeout: 5 }, `calculator:${wanted.operation}`, ...wanted.operands)
    keypad.answered(wanted, Number(result))
    add('you', { ...wanted, result: Number(result) })
    say('good', `${expressionOf({ ...wanted, result: 0 })}, answered in ${(performance.now() - started).toFixed(1)} ms`)
  } catch (error) {
    say('bad', error instanceof RpcError ? `${error.description} ${details(error.details)}` : String(error))
  }
  show()
}

function show() {
  display.textContent = keypad.display
  display.dataset.size = keypad.display.length > 11 ? 'long' : 'short'
  pending.textContent = keypad.pending
}

/**
 * @param {string} kind
 * @param {string} text
 */
function say(kind, text) {
  note.dataset.kind = kind
  note.textContent = text
}

/** @param {unknown} given */
function details(given) {
  return given === undefined ? '' : JSON.stringify(given)
}

/**
 * @param {string} state
 * @param {string} text
 */
function linked(state, text) {
  byId('link').dataset.state = state
  byId('link-words').textContent = text
}

/** @param {number} count */
function visitors(count) {
  byId('visitors').textContent = count === 1 ? 'You are alone here; open the page a second time' : `${count} are here`
}

/**
 * @param {string} who
 * @param {import('../live.mjs').Calculation} calculation
 */
function add(who, calculation) {
  feed.prepend(entry(who, calculation))
  while (feed.children.length > 12) feed.lastElementChild?.remove()
  emptyOr()
}

/**
 * Makes an entry. Data of others is shown as text, never as markup.
 *
 * @param {string} who
 * @param {import('../live.mjs').Calculation} calculation
 */
function entry(who, calculation) {
  const item = document.createElement('li')
  item.dataset.who = who
  for (const [name, text] of [
    ['expression', expressionOf(calculation)],
    ['result', shown(calculation.result)],
    ['who', who],
  ]) {
    const part = document.createElement('span')
    part.className = name ?? ''
    part.textContent = text ?? ''
    item.append(part)
  }
  return item
}

function emptyOr() {
  byId('empty').hidden = feed.children.length > 0
}

/** @param {string} id */
function byId(id) {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has no ${id}`)
  return element
}

/** @type {Record<string, string | undefined>} */
const keyboard = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  ',': '.',
  '=': 'equals',
  Enter: 'equals',
  Escape: 'clear',
  Backspace: 'back',
  r: 'root',
}
