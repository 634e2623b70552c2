// META: script=servers.sub.js
// META: variant=?default
// META: variant=?wss

for (const [args, code, reason, shown = args.map(arg => JSON.stringify(arg)).join(', ')] of [
  [[], 1005, ''],
  [[undefined], 1005, '', 'undefined'],
  [[1000], 1000, ''],
  [[1000, 'Clean Close'], 1000, 'Clean Close'],
  [[3000, 'own'], 3000, 'own'],
  [[4999, '\u00e4\u20ac'], 4999, '\u00e4\u20ac'],
  [[1000, '\ud807'], 1000, '\ufffd'],
  [[1000, 'x'.repeat(123)], 1000, 'x'.repeat(123)],
  [['3001'], 3001, ''],
  [[undefined, 'a reason alone'], 1000, 'a reason alone'],
  [[3000.4], 3000, ''],
]) {
  promise_test(async () => {
    const ws = await opened()
    ws.close(...args)
    assert_equals(ws.readyState, 2)
    const close = await event(ws, 'close')
    assert_true(close instanceof CloseEvent)
    assert_equals(ws.readyState, 3)
    assert_equals([close.code, close.reason, close.wasClean].join(), [code, reason, true].join())
  }, `close(${shown})`)
}

for (const code of [0, 500, 999, 1001, 1004, 1005, 1006, 1015, 2999, 5000, NaN, null, 'string', 0x1_0000 + 1000, -1]) {
  promise_test(async () => {
    const ws = await opened()
    assert_throws_dom('InvalidAccessError', () => ws.close(code))
    assert_equals(ws.readyState, 1)
    ws.close()
  }, `the code ${code} is an InvalidAccessError`)
}

test(() => {
  const ws = new WebSocket(`${base}/echo`)
  assert_throws_dom('SyntaxError', () => ws.close(1000, 'x'.repeat(124)))
  assert_throws_dom('SyntaxError', () => ws.close(1000, '\u20ac'.repeat(42)))
  assert_throws_dom('InvalidAccessError', () => ws.close('a reason alone'))
  assert_equals(ws.readyState, 0)
  ws.close()
}, 'a reason of more than 123 octets is a SyntaxError')

promise_test(async () => {
  const ws = new WebSocket(`${base}/echo`)
  const order = []
  ws.onopen = () => order.push('open')
  ws.onerror = () => order.push('error')
  ws.close()
  assert_equals(ws.readyState, 2)
  assert_equals(order.join(), '')
  const close = await event(ws, 'close')
  assert_equals(order.join(), 'error')
  assert_equals([close.code, close.reason, close.wasClean, ws.readyState].join(), '1006,,false,3')
}, 'close while connecting fails the connection')

promise_test(async () => {
  const ws = await opened()
  ws.onerror = () => assert_unreached('error')
  let count = 0
  ws.addEventListener('close', () => count++)
  ws.close(1000)
  ws.close(3000)
  ws.close()
  const { code } = await event(ws, 'close')
  ws.close(4000)
  ws.close()
  await new Promise(resolve => setTimeout(resolve, 50))
  assert_equals([code, count, ws.readyState].join(), '1000,1,3')
}, 'only the first call counts')

promise_test(async () => {
  const ws = await opened()
  ws.close()
  await event(ws, 'close')
  ws.send('nothing happens')
  ws.onclose = () => assert_unreached('a second event')
  ws.close()
}, 'nothing happens after the end')

promise_test(async () => {
  const ws = await opened()
  ws.send('Goodbye')
  const close = await event(ws, 'close')
  assert_equals([close.code, close.wasClean].join(), '1000,true')
}, 'the server closes')

for (const [query, code, reason] of [
  ['code=4000&reason=robot', 4000, 'robot'],
  ['code=1001', 1001, ''],
  ['', 1005, ''],
]) {
  promise_test(
    async () => {
      const ws = new WebSocket(`${base}/remote-close?${query}`)
      ws.onerror = () => assert_unreached('error')
      const close = await event(ws, 'close')
      assert_equals([close.code, close.reason, close.wasClean].join(), [code, reason, true].join())
    },
    `the server closes with ${query || 'nothing'}`,
  )
}

promise_test(async () => {
  const ws = new WebSocket(`${base}/remote-close?abrupt=1`)
  const close = await event(ws, 'close')
  assert_equals([close.code, close.reason, close.wasClean].join(), '1006,,false')
}, 'the server goes away')

promise_test(async () => {
  const ws = await opened('/delayed-passive-close')
  const begun = performance.now()
  ws.close(1000)
  const close = await event(ws, 'close')
  assert_true(close.wasClean)
  assert_greater_than_equal(performance.now() - begun, 900)
}, 'the event waits for the server')

promise_test(async () => {
  const ws = await opened('/passive-close-abort')
  ws.close(1000)
  const close = await event(ws, 'close')
  assert_equals([close.code, close.wasClean].join(), '1006,false')
}, 'a server that drops the connection in place of an answer')

promise_test(async () => {
  const ws = await opened('/echo_exit')
  const states = []
  ws.onclose = () => states.push(ws.readyState)
  ws.send('exit')
  await event(ws, 'close')
  assert_equals(states.join(), '3')
}, 'the state is CLOSED in the event')
