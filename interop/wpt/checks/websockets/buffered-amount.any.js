// META: script=servers.sub.js
// META: variant=?default
// META: variant=?wss

for (const [what, data, size] of [
  ['text', 'x', 1],
  ['text that is not ASCII', '\u00a5\u20ac\u{1f600}', 9],
  ['lone surrogates', '\ud800', 3],
  ['an ArrayBuffer', new ArrayBuffer(10), 10],
  ['a view', new Uint16Array(5).subarray(1), 8],
  ['a Blob', new Blob(['abc']), 3],
  ['a large message', new ArrayBuffer(100_000), 100_000],
]) {
  promise_test(async () => {
    const ws = await opened()
    ws.send(data)
    assert_equals(ws.bufferedAmount, size)
    ws.send(data)
    assert_equals(ws.bufferedAmount, 2 * size)
    await event(ws, 'message')
    await event(ws, 'message')
    assert_equals(ws.bufferedAmount, 0)
    ws.close()
  }, `counts ${what} without the headers of frames, until it has left`)
}

promise_test(async () => {
  const ws = await opened()
  ws.close()
  ws.send('four')
  assert_equals(ws.bufferedAmount, 4)
  await event(ws, 'close')
  assert_equals(ws.bufferedAmount, 4)
  ws.send(new Uint8Array(3))
  assert_equals(ws.bufferedAmount, 7)
}, 'counts what is sent after close, for ever')

promise_test(async () => {
  const ws = await opened()
  ws.bufferedAmount = 5
  assert_equals(ws.bufferedAmount, 0)
  assert_true('bufferedAmount' in ws)
  assert_false(Object.hasOwn(ws, 'bufferedAmount'))
  ws.close()
}, 'cannot be set')
