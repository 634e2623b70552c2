/** The chat: what others send is put on the page as text only, never as markup. */
export class Chat {
  connection
  #me
  #seen = 0
  #said = ''

  constructor(connection) {
    this.connection = connection
    nameField.value = rememberedName()
    connection.addEventListener('message', ({ data }) => this.#received(JSON.parse(data)))
    connection.addEventListener('waiting', () => show(presentText, ''))
    connection.addEventListener('stopped', () => show(presentText, ''))
    nameField.addEventListener('change', () => this.#enter())
    document.getElementById('chat-form').addEventListener('submit', event => {
      event.preventDefault()
      this.#say()
    })
  }

  #received(event) {
    switch (event.type) {
      case 'welcome':
        return this.#welcomed(event)
      case 'named':
        return rememberName(event.name)
      case 'present':
        return show(presentText, presentInWords(event.count))
      case 'said':
        show(problemText, '')
        return this.#add(event.line)
      case 'refused':
        return this.#refused(event.reason)
    }
  }

  /** Shows the history. After a reconnect it contains lines that the page already has; a restarted server counts from 1 again. */
  #welcomed({ you, name, present, history }) {
    this.#me = you
    if ((history.at(-1)?.id ?? 0) < this.#seen) this.#seen = 0
    for (const line of history) if (line.id > this.#seen) this.#add(line)
    show(presentText, presentInWords(present))
    if (nameField.value.trim() === '') nameField.value = name
    else this.#enter()
  }

  #enter() {
    const name = nameField.value.trim()
    if (name !== '') this.connection.send(JSON.stringify({ type: 'enter', name }))
  }

  #say() {
    const text = textField.value.trim()
    if (text === '') return show(problemText, 'Write something first.')
    if (!this.connection.send(JSON.stringify({ type: 'say', text }))) return show(problemText, 'Not connected: the message was not sent.')
    this.#said = text
    textField.value = ''
  }

  /** Puts a refused text back into the field, unless the user has begun another one. */
  #refused(reason) {
    show(problemText, reason)
    if (textField.value === '') textField.value = this.#said
    log.scrollTop = log.scrollHeight
  }

  #add({ id, from, name, text, at }) {
    this.#seen = id
    emptyText.hidden = true
    const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40
    const item = make('li', from === this.#me ? 'mine' : '')
    const who = make('p', 'who')
    const time = make('time', '', new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }))
    time.dateTime = new Date(at).toISOString()
    who.append(make('bdi', '', name), time)
    item.append(who, make('bdi', 'text', text))
    list.append(item)
    while (list.childElementCount > mostLines) {
      list.firstElementChild.remove()
      cutText.hidden = false
    }
    // Not every browser lets the keyboard focus an element that scrolls.
    if (log.scrollHeight > log.clientHeight) log.tabIndex = 0
    if (wasAtEnd) log.scrollTop = log.scrollHeight
  }
}

function make(tag, className, text = '') {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}

function show(element, text) {
  if (element.textContent !== text) element.textContent = text
}

function presentInWords(count) {
  return count === 1 ? 'Only you are here.' : `${count} people are here.`
}

/** Returns the stored name. Browsers may refuse storage; then the page asks again. */
function rememberedName() {
  try {
    return sessionStorage.getItem('name') ?? ''
  } catch {
    return ''
  }
}

function rememberName(name) {
  try {
    sessionStorage.setItem('name', name)
  } catch {}
}

const log = document.getElementById('chat-log')
const list = document.getElementById('chat-lines')
const emptyText = document.getElementById('chat-empty')
const nameField = document.getElementById('chat-name')
const textField = document.getElementById('chat-text')
const cutText = document.getElementById('chat-cut')
const presentText = document.getElementById('chat-present')
const problemText = document.getElementById('chat-problem')
const mostLines = 200
