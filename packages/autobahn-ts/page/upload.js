import { endInWords } from './close-words.js'
import { octetsInWords } from './quantities.js'

/** Sends one file after the other to be hashed. */
export class Uploader {
  #url
  #current

  constructor(url) {
    this.#url = url
    const field = element('upload-file')
    const drop = element('upload-drop')
    field.addEventListener('change', () => {
      const [file] = field.files
      if (file !== undefined) void this.#hash(file)
      // Clears the field, so that the same file can be chosen again.
      field.value = ''
    })
    for (const name of ['dragenter', 'dragover']) drop.addEventListener(name, () => drop.classList.add('over'))
    for (const name of ['dragleave', 'drop']) drop.addEventListener(name, () => drop.classList.remove('over'))
    drop.addEventListener('drop', event => this.#dropped(event.dataTransfer.files))
    element('upload-cancel').addEventListener('click', () => this.#current?.cancel())
  }

  #dropped(files) {
    if (files.length === 1) return void this.#hash(files[0])
    element('upload-problem').textContent = files.length === 0 ? 'That was not a file.' : 'One file at a time, please.'
  }

  async #hash(file) {
    this.#current?.cancel()
    const upload = new Upload(file, this.#url)
    this.#current = upload
    begin(file)
    try {
      const digest = await upload.run(received => {
        if (upload === this.#current) showProgress(received, file.size, upload.speed)
      })
      if (upload === this.#current) await this.#showDigest(upload, digest)
    } catch (error) {
      if (upload === this.#current) element('upload-problem').textContent = error.message
    } finally {
      if (upload === this.#current) finish()
    }
  }

  async #showDigest(upload, { hex, received, end }) {
    showProgress(received, upload.file.size, upload.speed)
    element('upload-hex').textContent = hex
    element('upload-digest').hidden = false
    element('upload-outcome').textContent = `Done. The connection ended: ${endInWords(end)}`
    const verdict = element('upload-verdict')
    const own = await digestHere(upload.file)
    if (upload !== this.#current) return
    verdict.dataset.verdict = own.hex === undefined ? '' : own.hex === hex ? 'same' : 'different'
    if (own.hex === undefined) verdict.textContent = `Not verified: ${own.why}.`
    else verdict.textContent = own.hex === hex ? 'It matches what this browser computed itself.' : 'This browser computed a different hash.'
  }
}

/** The upload of one file, over a connection of its own. */
class Upload {
  file
  #url
  #socket
  #startedAt = performance.now()
  #received = 0
  #isCancelled = false
  #wake = () => {}

  constructor(file, url) {
    this.file = file
    this.#url = url
  }

  /** The speed in octets per second, as the server measures it. */
  get speed() {
    return this.#received / Math.max((performance.now() - this.#startedAt) / 1000, 0.001)
  }

  cancel() {
    this.#isCancelled = true
    this.#socket?.close(1000, 'cancelled')
    this.#wake()
  }

  async run(progressed) {
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    let digest
    const ended = new Promise(resolve => socket.addEventListener('close', resolve, { once: true }))
    void ended.then(() => this.#wake())
    socket.addEventListener('message', ({ data }) => {
      const event = JSON.parse(data)
      this.#received = event.received
      if (event.type === 'digest') digest = event
      progressed(event.received)
      this.#wake()
    })
    const isOpen = await Promise.race([
      new Promise(resolve => socket.addEventListener('open', () => resolve(true), { once: true })),
      ended.then(() => false),
    ])
    if (isOpen) await this.#sendAll(socket)
    const end = await ended
    if (this.#isCancelled) throw new Error('Cancelled. The server has discarded the part it had received.')
    if (digest === undefined) throw new Error(`The file did not arrive. The connection ended: ${endInWords(end)}`)
    return { ...digest, end }
  }

  async #sendAll(socket) {
    const { file } = this
    this.#startedAt = performance.now()
    socket.send(JSON.stringify({ type: 'start', size: file.size }))
    for (let at = 0; at < file.size; at += sliceSize) {
      const slice = await this.#read(socket, at)
      while (socket.bufferedAmount > mostBuffered && socket.readyState === WebSocket.OPEN) await this.#pause()
      if (socket.readyState !== WebSocket.OPEN) return
      socket.send(slice)
    }
  }

  async #read(socket, at) {
    try {
      return await this.file.slice(at, at + sliceSize).arrayBuffer()
    } catch (error) {
      socket.close(1000, 'the file cannot be read')
      throw new Error('The file cannot be read: it was changed or removed, or it is a folder.', { cause: error })
    }
  }

  /** Waits until the browser has sent some of its buffer. There is no event for that; the server's progress messages usually come first. */
  #pause() {
    return new Promise(resolve => {
      this.#wake = resolve
      setTimeout(resolve, 20)
    })
  }
}

function begin(file) {
  element('upload-name').textContent = file.name
  element('upload-run').hidden = false
  element('upload-cancel').hidden = false
  element('upload-digest').hidden = true
  element('upload-verdict').textContent = ''
  element('upload-outcome').textContent = ''
  element('upload-problem').textContent = ''
  showProgress(0, file.size, 0)
}

function showProgress(received, size, speed) {
  element('upload-bar').value = size === 0 ? 1 : received / size
  element('upload-amount').textContent = `${octetsInWords(received)} of ${octetsInWords(size)}`
  element('upload-speed').textContent = received === 0 ? '' : `${octetsInWords(speed)}/s`
}

function finish() {
  const cancel = element('upload-cancel')
  // Otherwise the focus would be lost with the button.
  if (document.activeElement === cancel) element('upload-file').focus()
  cancel.hidden = true
}

/** Computes the hash in the browser, as `hex`; or says in `why` what stands against it. */
async function digestHere(file) {
  if (globalThis.crypto?.subtle === undefined) return { why: 'this browser has no cryptography on pages without TLS' }
  if (file.size > mostHere) return { why: `files above ${octetsInWords(mostHere)} are hashed by the server alone` }
  const octets = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  return { hex: [...octets].map(octet => octet.toString(16).padStart(2, '0')).join('') }
}

function element(id) {
  return document.getElementById(id)
}

const MiB = 1024 * 1024
const sliceSize = MiB / 4
const mostBuffered = 4 * MiB
const mostHere = 64 * MiB
