// META: script=servers.sub.js
// META: variant=?default
// META: variant=?wss

promise_test(async () => {
  const ws = new WebSocket(`${base}/echo`)
  const open = await event(ws, 'open')
  assert_equals(open.target, ws)
  assert_equals(ws.readyState, 1)
  assert_equals(ws.protocol, '')
  assert_equals(ws.extensions, '')
  ws.close()
  const close = await event(ws, 'close')
  assert_true(close.wasClean)
}, 'opens without a subprotocol')

promise_test(async () => {
  const ws = await opened('/echo', 'echo')
  assert_equals(ws.protocol, 'echo')
  ws.close()
}, 'has the subprotocol that the server has chosen')

promise_test(async () => {
  const ws = await opened('/echo', ['chat', 'echo'])
  assert_equals(ws.protocol, 'echo')
  ws.close()
}, 'has the subprotocol that the server has chosen from a list')

for (const [what, path, protocols] of [
  ['that chooses none of the subprotocols', '/echo', 'chat'],
  ['with a wrong accept key', '/wrong_accept_key'],
  ['that does not answer with HTTP', '/invalid'],
  ['that refuses', '/there_is_no_such_handler'],
  ['that chooses a subprotocol which was not offered', '/handshake_protocol'],
  ['that wants other credentials', '/basic_auth'],
]) {
  promise_test(async () => {
    const ws = protocols === undefined ? new WebSocket(base + path) : new WebSocket(base + path, protocols)
    const order = []
    ws.onopen = () => order.push('open')
    ws.onerror = () => order.push(`error in ${ws.readyState}`)
    const close = await event(ws, 'close')
    order.push(`close in ${ws.readyState}`)
    assert_equals(order.join(), 'error in 3,close in 3')
    assert_equals([close.code, close.reason, close.wasClean].join(), '1006,,false')
  }, `fails at a server ${what}`)
}

promise_test(async () => {
  const ws = new WebSocket('ws://{{host}}:1/'.replace('{{host}}', 'localhost'))
  const [error, close] = await Promise.all([event(ws, 'close').then(() => 'error'), event(ws, 'close')])
  assert_equals(error, 'error')
  assert_equals(close.code, 1006)
}, 'fails where nobody listens')

promise_test(async () => {
  const ws = await opened('/handshake_protocol', 'foobar')
  assert_equals(ws.protocol, 'foobar')
}, 'takes the answer of a server octet by octet')

promise_test(async () => {
  const ws = await opened('/protocol_array', ['alpha', 'beta'])
  const { data } = await event(ws, 'message')
  assert_equals(data, 'alpha')
}, 'offers subprotocols in their order')

promise_test(async () => {
  const ws = new WebSocket(`${scheme}://foo:bar@${base.split('//')[1]}/basic_auth`)
  await event(ws, 'open')
  ws.close()
}, 'sends the credentials of its URL')

promise_test(async () => {
  const ws = await opened('/echo-query?one=1&two=%20')
  assert_equals((await event(ws, 'message')).data, 'one=1&two=%20')
}, 'asks for the path and the query of its URL')

promise_test(async () => {
  const ws = await opened('/referrer')
  assert_equals((await event(ws, 'message')).data, 'MISSING AS PER FETCH')
}, 'sends no Referer')

promise_test(async () => {
  const ws = new WebSocket(`${base}/simple_handshake`)
  await event(ws, 'open')
  const { code, wasClean } = await event(ws, 'close')
  assert_equals([code, wasClean].join(), '1000,true')
}, 'is closed by a server that closes with its answer')

promise_test(async () => {
  const ws = await opened('/handshake_sleep_2')
  assert_equals(ws.readyState, 1)
}, 'waits for a slow server')
