// META: script=servers.sub.js

for (const type of ['open', 'message', 'error', 'close']) {
  test(() => {
    const ws = new WebSocket(`${base}/echo`)
    const name = `on${type}`
    ws.close()
    assert_equals(ws[name], null)
    const handler = () => {}
    ws[name] = handler
    assert_equals(ws[name], handler)
    for (const nothing of [null, undefined, 2, 'text', true]) {
      ws[name] = handler
      ws[name] = nothing
      assert_equals(ws[name], null)
    }
    assert_true(name in WebSocket.prototype)
    assert_false(delete ws[name] && ws[name] === undefined)
  }, `the attribute on${type}`)
}

promise_test(async () => {
  const ws = new WebSocket(`${base}/echo`)
  const calls = []
  ws.addEventListener('open', () => calls.push('first'))
  ws.onopen = function (event) {
    calls.push(this === ws && event.type === 'open' ? 'handler' : 'wrong')
  }
  ws.addEventListener('open', { handleEvent: () => calls.push('object') })
  ws.onopen = () => calls.push('other handler')
  await event(ws, 'open')
  assert_equals(calls.join(), 'first,other handler,object')
  ws.close()
}, 'a handler keeps its place when it is replaced')

promise_test(async () => {
  const ws = await opened()
  const calls = []
  const listener = () => calls.push('removed')
  ws.addEventListener('message', listener)
  ws.removeEventListener('message', listener)
  ws.addEventListener('message', () => calls.push('once'), { once: true })
  ws.addEventListener('message', event => {
    calls.push('stops')
    event.stopImmediatePropagation()
  })
  ws.onmessage = () => calls.push('never')
  ws.send('a')
  ws.send('b')
  ws.send('Goodbye')
  await event(ws, 'close')
  assert_equals(calls.join(), 'once,stops,stops,stops')
}, 'listeners are those of an EventTarget')

test(() => {
  const ws = new WebSocket(`${base}/echo`)
  let seen
  ws.onmessage = event => {
    seen = event.data
  }
  ws.dispatchEvent(new MessageEvent('message', { data: 5 }))
  assert_equals(seen, 5)
  ws.close()
}, 'an application may dispatch events itself')

test(() => {
  const event = new CloseEvent('close')
  assert_true(event instanceof Event)
  assert_equals(
    [event.type, event.wasClean, event.code, event.reason, event.bubbles, event.cancelable].join(),
    'close,false,0,,false,false',
  )
}, 'CloseEvent has defaults')

test(() => {
  const event = new CloseEvent('foo', { bubbles: true, cancelable: true, wasClean: true, code: 7, reason: 'x' })
  assert_equals([event.type, event.wasClean, event.code, event.reason, event.bubbles, event.cancelable].join(), 'foo,true,7,x,true,true')
  event.code = 8
  assert_equals(event.code, 7)
}, 'CloseEvent takes values')

test(() => {
  assert_equals(new CloseEvent('a', { code: 65_536 + 3 }).code, 3)
  assert_equals(new CloseEvent('a', { reason: '\ud800' }).reason, '\ufffd')
  assert_equals(new CloseEvent('a', undefined).code, 0)
  assert_equals(new CloseEvent('a', null).code, 0)
  assert_throws_js(TypeError, () => new CloseEvent())
  assert_throws_js(TypeError, () => new CloseEvent('a', 1))
}, 'CloseEvent converts its values')

promise_test(async () => {
  const ws = await opened()
  ws.close(1000)
  const close = await event(ws, 'close')
  assert_equals([close.type, close.bubbles, close.cancelable, close.target === ws].join(), 'close,false,false,true')
}, 'the event close does not bubble, and cannot be cancelled')

promise_test(async () => {
  const ws = new WebSocket(`${base}/invalid`)
  const error = await new Promise(resolve => {
    ws.onerror = resolve
  })
  assert_true(error instanceof Event)
  assert_equals([error.type, error.bubbles, error.cancelable, error.target === ws].join(), 'error,false,false,true')
}, 'the event error is an event')
