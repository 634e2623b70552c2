// META: script=servers.sub.js
// META: variant=?default
// META: variant=?wss

promise_test(async () => {
  const ws = await opened()
  ws.send('text')
  const message = await event(ws, 'message')
  assert_true(message instanceof MessageEvent)
  assert_equals(message.type, 'message')
  assert_equals(message.data, 'text')
  assert_equals(message.origin, base)
  assert_equals(message.lastEventId, '')
  assert_equals(message.target, ws)
  assert_equals(message.ports.length, 0)
  ws.close()
}, 'a message is a MessageEvent')

promise_test(async () => {
  const ws = await opened()
  ws.send(Uint8Array.of(1, 2, 3))
  const { data } = await event(ws, 'message')
  assert_true(data instanceof Blob)
  assert_equals(data.type, '')
  assert_array_equals(new Uint8Array(await data.arrayBuffer()), [1, 2, 3])
  ws.binaryType = 'arraybuffer'
  ws.send(Uint8Array.of(4, 5))
  const second = await event(ws, 'message')
  assert_true(second.data instanceof ArrayBuffer)
  assert_array_equals(new Uint8Array(second.data), [4, 5])
  ws.close()
}, 'a binary message is what binaryType says when it comes')

test(() => {
  const ws = new WebSocket(`${base}/echo`)
  ws.binaryType = 'arraybuffer'
  for (const wrong of ['', 'Blob', 'notBlobOrArrayBuffer', null, undefined]) {
    ws.binaryType = wrong
    assert_equals(ws.binaryType, 'arraybuffer')
  }
  ws.close()
}, 'a binaryType that does not exist changes nothing')

promise_test(async () => {
  const ws = await opened()
  ws.send('one')
  ws.send('two')
  const received = []
  ws.onmessage = ({ data }) => {
    received.push(data)
    ws.close()
  }
  await event(ws, 'close')
  assert_equals(received.join(), 'one')
}, 'a message that comes after close was called is not delivered')

promise_test(async () => {
  const ws = await opened()
  const received = []
  ws.onmessage = ({ data }) => {
    received.push(data)
    if (data === 'one') ws.send('Goodbye')
  }
  ws.send('one')
  const { code, wasClean } = await event(ws, 'close')
  assert_equals(received.join(), 'one,Goodbye')
  assert_equals([code, wasClean].join(), '1000,true')
}, 'messages before the close frame of the server are delivered')
