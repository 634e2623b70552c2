// biome-ignore-all lint/correctness/noUnusedVariables: the tests use what is declared here

// The addresses of the handlers, and connections to them.

const isSecure = new URLSearchParams(location.search).has('wss')
const scheme = isSecure ? 'wss' : 'ws'
const port = isSecure ? '{{ports[wss][0]}}' : '{{ports[ws][0]}}'
const base = `${scheme}://{{host}}:${port}`

/** Returns a connection that is open. */
async function opened(path = '/echo', protocols = undefined) {
  const ws = protocols === undefined ? new WebSocket(base + path) : new WebSocket(base + path, protocols)
  await event(ws, 'open')
  return ws
}

/** Returns the next event of a type. Rejects where the connection ends first. */
function event(target, type) {
  return new Promise((resolve, reject) => {
    target.addEventListener(type, resolve, { once: true })
    if (type !== 'close')
      target.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code} before ${type}`)), { once: true })
  })
}

/** Sends a message to the echo, and returns what comes back. */
async function echoed(data, binaryType = 'arraybuffer') {
  const ws = await opened()
  ws.binaryType = binaryType
  ws.send(data)
  const message = await event(ws, 'message')
  ws.close()
  return message.data
}

/** Checks that a promise rejects with a `WebSocketError`, and returns it. */
async function lost(promise) {
  const error = await promise.then(
    () => assert_unreached('the promise has resolved'),
    reason => reason,
  )
  assert_equals(error.constructor, WebSocketError)
  assert_equals(error.name, 'WebSocketError')
  return error
}
