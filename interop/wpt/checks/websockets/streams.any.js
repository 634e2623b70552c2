// META: script=servers.sub.js
// META: timeout=long
// META: variant=?default
// META: variant=?wss

test(() => {
  assert_throws_js(TypeError, () => new WebSocketStream())
  assert_throws_dom('SyntaxError', () => new WebSocketStream('invalid:'))
  assert_throws_dom('SyntaxError', () => new WebSocketStream(`${base}/#f`))
  assert_throws_js(TypeError, () => new WebSocketStream(`${base}/`, true))
  assert_throws_js(TypeError, () => new WebSocketStream(`${base}/`, { protocols: 'hi' }))
  assert_throws_dom('SyntaxError', () => new WebSocketStream(`${base}/`, { protocols: ['a', 'a'] }))
  assert_throws_js(TypeError, () => new WebSocketStream(`${base}/`, { signal: {} }))
}, 'arguments that are wrong')

promise_test(async () => {
  const stream = new WebSocketStream(`${base}/echo`)
  assert_equals(stream.url, `${base}/echo`)
  const { readable, writable, protocol, extensions } = await stream.opened
  ReadableStream.prototype.getReader.call(readable)
  WritableStream.prototype.getWriter.call(writable)
  assert_equals([protocol, extensions].join(), ',')
  stream.close()
}, 'opens, and has two streams')

promise_test(async () => {
  const stream = new WebSocketStream(`${base}/protocol_array`, { protocols: ['alpha', 'beta'] })
  const { readable, protocol } = await stream.opened
  const { value } = await readable.getReader().read()
  assert_equals([protocol, value].join(), 'alpha,alpha')
}, 'offers subprotocols')

promise_test(async () => {
  const stream = new WebSocketStream(`${base}/there_is_no_such_handler`)
  await Promise.all([lost(stream.opened), lost(stream.closed)])
}, 'rejects where the server refuses')

promise_test(async () => {
  const stream = new WebSocketStream(`${base}/echo`, { protocols: ['chat'] })
  await lost(stream.opened)
}, 'rejects where the server chooses none of the subprotocols')

promise_test(async t => {
  const controller = new AbortController()
  controller.abort()
  const stream = new WebSocketStream(`${base}/echo`, { signal: controller.signal })
  await Promise.all([promise_rejects_dom(t, 'AbortError', stream.opened), promise_rejects_dom(t, 'AbortError', stream.closed)])
}, 'rejects with a signal that is aborted')

promise_test(async t => {
  const controller = new AbortController()
  const stream = new WebSocketStream(`${base}/handshake_sleep_2`, { signal: controller.signal })
  await new Promise(resolve => t.step_timeout(resolve, 0))
  controller.abort()
  await Promise.all([promise_rejects_dom(t, 'AbortError', stream.opened), promise_rejects_dom(t, 'AbortError', stream.closed)])
}, 'rejects with a signal that is aborted during the handshake')

promise_test(async () => {
  const controller = new AbortController()
  const stream = new WebSocketStream(`${base}/echo`, { signal: controller.signal })
  const { readable, writable } = await stream.opened
  controller.abort()
  writable.getWriter().write('connected')
  assert_equals((await readable.getReader().read()).value, 'connected')
  stream.close()
}, 'does not heed its signal once it is open')

for (const [what, chunk, expected] of [
  ['text', 'text', 'text'],
  ['an empty text', '', ''],
  ['what is not text', 5, '5'],
  ['lone surrogates', '\ud800', '\ufffd'],
  ['octets', Uint8Array.of(1, 2), [1, 2]],
  ['an ArrayBuffer', Uint8Array.of(1, 2).buffer, [1, 2]],
  ['a view', new DataView(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2), [2, 3]],
]) {
  promise_test(async () => {
    const stream = new WebSocketStream(`${base}/echo`)
    const { readable, writable } = await stream.opened
    await writable.getWriter().write(chunk)
    const { value } = await readable.getReader().read()
    if (typeof expected === 'string') assert_equals(value, expected)
    else {
      assert_true(value instanceof Uint8Array)
      assert_array_equals(value, expected)
    }
    stream.close()
  }, `writes ${what}`)
}

promise_test(async t => {
  const stream = new WebSocketStream(`${base}/echo`)
  const { writable } = await stream.opened
  const writer = writable.getWriter()
  await promise_rejects_js(t, TypeError, writer.write(Symbol('s')))
}, 'a chunk that cannot be text rejects')

for (const [info, code, reason] of [
  [undefined, 1005, ''],
  [{}, 1005, ''],
  [{ reason: '' }, 1005, ''],
  [{ reason: 'non-empty' }, 1000, 'non-empty'],
  [{ closeCode: 3456, reason: 'pizza' }, 3456, 'pizza'],
]) {
  promise_test(
    async () => {
      const stream = new WebSocketStream(`${base}/echo`)
      await stream.opened
      stream.close(info)
      const closed = await stream.closed
      assert_equals([closed.closeCode, closed.reason].join(), [code, reason].join())
    },
    `close(${JSON.stringify(info)})`,
  )
}

promise_test(async () => {
  const stream = new WebSocketStream(`${base}/echo`)
  await stream.opened
  assert_throws_js(TypeError, () => stream.close(true))
  assert_throws_dom('SyntaxError', () => stream.close({ reason: '.'.repeat(124) }))
  for (const closeCode of [999, 1001, 2999, 5000]) assert_throws_dom('InvalidAccessError', () => stream.close({ closeCode }))
  stream.close()
}, 'close checks its argument')

promise_test(async () => {
  const stream = new WebSocketStream(`${base}/echo`)
  stream.close()
  await Promise.all([lost(stream.opened), lost(stream.closed)])
}, 'close while connecting')

for (const [method, end] of [
  ['close', 'writable'],
  ['abort', 'writable'],
  ['cancel', 'readable'],
]) {
  promise_test(async () => {
    const stream = new WebSocketStream(`${base}/echo`)
    const info = await stream.opened
    info[end][method](method === 'close' ? undefined : { closeCode: 3456, reason: 'not an error' })
    const closed = await stream.closed
    assert_equals([closed.closeCode, closed.reason].join(), '1005,')
  }, `${method} of the ${end} closes without a code`)
}

for (const [method, end] of [
  ['abort', 'writable'],
  ['cancel', 'readable'],
]) {
  promise_test(async () => {
    const stream = new WebSocketStream(`${base}/echo`)
    const info = await stream.opened
    info[end][method](new WebSocketError('', { closeCode: 3333, reason: 'thing' }))
    const closed = await stream.closed
    assert_equals([closed.closeCode, closed.reason].join(), '3333,thing')
  }, `${method} of the ${end} with a WebSocketError closes with its code`)
}

promise_test(async () => {
  const stream = new WebSocketStream(`${base}/delayed-passive-close`)
  const { writable } = await stream.opened
  const begun = performance.now()
  await writable.getWriter().close()
  assert_greater_than_equal(performance.now() - begun, 900)
}, 'closing the writable waits for the server')

promise_test(async t => {
  const stream = new WebSocketStream(`${base}/remote-close?code=4000&reason=robot`)
  const { readable, writable } = await stream.opened
  const closed = await stream.closed
  assert_equals([closed.closeCode, closed.reason].join(), '4000,robot')
  assert_true((await readable.getReader().read()).done)
  await promise_rejects_dom(t, 'InvalidStateError', writable.getWriter().write(''))
}, 'the server closes')

promise_test(async t => {
  const stream = new WebSocketStream(`${base}/remote-close?abrupt=1`)
  const { readable, writable } = await stream.opened
  const error = await lost(stream.closed)
  assert_equals([error.closeCode, error.reason].join(), '1006,')
  await promise_rejects_exactly(t, error, readable.getReader().read())
  await promise_rejects_exactly(t, error, writable.getWriter().ready)
}, 'the server goes away')

promise_test(async t => {
  const stream = new WebSocketStream(`${base}/echo_exit`)
  const { writable } = await stream.opened
  const writer = writable.getWriter()
  writer.write('Goodbye')
  const written = writer.write(new Uint8Array(8 * 1024 * 1024))
  await lost(stream.closed)
  await promise_rejects_dom(t, 'InvalidStateError', written)
  const error = await written.catch(reason => reason)
  await promise_rejects_exactly(t, error, writer.write('late'))
}, 'the server closes while a message is being written')

promise_test(async () => {
  const stream = new WebSocketStream(`${base}/remote-close?code=4222&reason=remote`)
  await stream.opened
  stream.close({ closeCode: 4111, reason: 'local' })
  const { closeCode, reason } = await stream.closed
  assert_equals([closeCode, reason].join(), '4222,remote')
}, 'both sides close, and the code of the server counts')

promise_test(async () => {
  const stream = new WebSocketStream(`${base}/passive-close-abort`)
  await stream.opened
  stream.close({ closeCode: 4000, reason: 'because' })
  assert_equals((await lost(stream.closed)).closeCode, 1006)
}, 'the server drops the connection in place of an answer')

promise_test(async t => {
  const { writable } = await new WebSocketStream(`${base}/echo`).opened
  await promise_rejects_js(t, TypeError, writable.getWriter().write(new ArrayBuffer(8, { maxByteLength: 16 })))
}, 'memory that can be resized rejects')

promise_test(async t => {
  const { writable } = await new WebSocketStream(`${base}/echo`).opened
  await promise_rejects_js(t, TypeError, writable.getWriter().write(new Uint8Array(new SharedArrayBuffer(8))))
}, 'memory that threads share rejects')

promise_test(async t => {
  const stream = new WebSocketStream(`${base}/send-backpressure`)
  const reader = (await stream.opened).readable.getReader()
  await new Promise(resolve => t.step_timeout(resolve, 2000))
  await reader.read()
  for (let i = 0; i < 16; i++) assert_equals((await reader.read()).value.length, 1024 * 1024)
  assert_greater_than_equal(Number((await reader.read()).value), 1.8)
}, 'a server whose messages are not read has to wait')

promise_test(async () => {
  const stream = new WebSocketStream(`${base}/receive-backpressure`)
  const { writable } = await stream.opened
  const writer = writable.getWriter()
  const begun = performance.now()
  await writer.write(new Uint8Array(32 * 1024 * 1024))
  assert_greater_than_equal(performance.now() - begun, 1800)
}, 'a write waits for a server that does not read')

test(() => {
  const error = new WebSocketError('message', { closeCode: 3000, reason: 'r' })
  assert_true(error instanceof DOMException)
  assert_equals([error.name, error.message, error.code, error.closeCode, error.reason].join(), 'WebSocketError,message,0,3000,r')
  assert_equals(new WebSocketError().closeCode, null)
  assert_equals(new WebSocketError('', { reason: 'r' }).closeCode, 1000)
  assert_throws_dom('InvalidAccessError', () => new WebSocketError('', { closeCode: 1001 }))
  assert_throws_dom('SyntaxError', () => new WebSocketError('', { reason: '.'.repeat(124) }))
}, 'WebSocketError')
