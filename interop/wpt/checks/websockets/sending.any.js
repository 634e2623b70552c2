// META: script=servers.sub.js
// META: variant=?default
// META: variant=?wss

for (const [what, data, expected = data] of [
  ['a text', 'Message to send'],
  ['an empty text', ''],
  ['a text of 65,000 characters', 'c'.repeat(65_000)],
  ['characters of all lengths', '\u00a5\u0100\u20ac\u{1f600}\u0000'],
  ['a pair of surrogates', '\ud801\udc07'],
  ['lone surrogates, which become U+FFFD', '\ud807x\udc07', '\ufffdx\ufffd'],
  ['null', null, 'null'],
  ['undefined', undefined, 'undefined'],
  ['a number', 5, '5'],
  ['an array', [1, 2], '1,2'],
  ['an object', { toString: () => 'own text' }, 'own text'],
])
  promise_test(async () => assert_equals(await echoed(data), expected), `sends ${what}`)

for (const length of [0, 1, 125, 126, 127, 128, 65_535, 65_536, 1_000_000]) {
  promise_test(async () => {
    const octets = new Uint8Array(length).map((_, i) => i)
    const back = await echoed(octets)
    assert_equals(back.constructor.name, 'ArrayBuffer')
    assert_equals(back.byteLength, length)
    assert_true(new Uint8Array(back).every((octet, i) => octet === (i & 255)))
  }, `sends ${length} octets`)
}

const memory = new Uint8Array(16).map((_, i) => i).buffer
for (const [what, view] of [
  ['an ArrayBuffer', memory],
  ['an Int8Array', new Int8Array(memory)],
  ['an Int16Array with an offset', new Int16Array(memory, 2)],
  ['a Uint16Array with an offset and a length', new Uint16Array(memory, 2, 3)],
  ['an Int32Array', new Int32Array(memory)],
  ['a Uint32Array with an offset', new Uint32Array(memory, 8)],
  ['a Uint8Array with an offset and a length', new Uint8Array(memory, 3, 7)],
  ['a Float32Array', new Float32Array(memory)],
  ['a Float64Array', new Float64Array(memory, 8)],
  ['a BigUint64Array', new BigUint64Array(memory)],
  ['a DataView', new DataView(memory, 5, 4)],
]) {
  promise_test(async () => {
    const expected = ArrayBuffer.isView(view) ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(view)
    assert_array_equals(new Uint8Array(await echoed(view)), expected)
  }, `sends ${what}`)
}

promise_test(async () => {
  const back = await echoed(new Blob(['some ', 'octets']), 'blob')
  assert_true(back instanceof Blob)
  assert_equals(await back.text(), 'some octets')
}, 'sends a Blob, and receives one')

promise_test(async () => {
  const ws = await opened()
  ws.binaryType = 'arraybuffer'
  const received = []
  ws.onmessage = ({ data }) => received.push(typeof data === 'string' ? data : new TextDecoder().decode(data))
  ws.send('one')
  ws.send(new Blob(['two']))
  ws.send('three')
  ws.send(new TextEncoder().encode('four'))
  ws.send('Goodbye')
  await event(ws, 'close')
  assert_equals(received.join(), 'one,two,three,four,Goodbye')
}, 'keeps the order of what is sent, with Blobs between')

promise_test(async () => {
  const octets = new Uint8Array(100_000)
  const ws = await opened()
  ws.binaryType = 'arraybuffer'
  ws.send(octets)
  octets.fill(1)
  const { data } = await event(ws, 'message')
  assert_true(new Uint8Array(data).every(octet => octet === 0))
  ws.close()
}, 'sends octets as they were when send was called')

promise_test(async () => {
  const ws = await opened()
  for (let i = 0; i < 500; i++) ws.send(String(i))
  ws.send('Goodbye')
  let next = 0
  ws.onmessage = ({ data }) => data === 'Goodbye' || assert_equals(data, String(next++))
  await event(ws, 'close')
  assert_equals(next, 500)
}, 'sends many messages at once')

test(() => {
  const ws = new WebSocket(`${base}/echo`)
  assert_throws_dom('InvalidStateError', () => ws.send('early'))
  assert_throws_js(TypeError, () => ws.send())
  assert_throws_js(TypeError, () => ws.send(Symbol('s')))
  ws.close()
}, 'throws before the connection is open, and without an argument')

promise_test(async () => {
  const ws = await opened('/empty-message')
  ws.send('')
  assert_equals((await event(ws, 'message')).data, 'pass')
  ws.close()
}, 'sends an empty message as a message')
