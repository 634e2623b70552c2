// META: script=servers.sub.js

const bad = [
  ['with another scheme', 'ftp://example.com/'],
  ['with a scheme that is not special', 'invalid-scheme://example.com/'],
  ['of mail', 'mailto:somebody@example.com'],
  ['about', 'about:blank'],
  ['with a space in its host', 'ws://foo bar.com/'],
  ['with a bad port', 'ws://example.com:99999/'],
  ['with an empty host', 'ws://'],
  ['with an empty fragment', `${base}/#`],
  ['with a fragment', `${base}/#fragment`],
]
for (const [what, url] of bad) test(() => assert_throws_dom('SyntaxError', () => new WebSocket(url)), `a URL ${what} is a SyntaxError`)

const same = [
  ['HTTP://EXAMPLE.com', 'ws://example.com/'],
  ['https://example.com:443/a/../b?c d', 'wss://example.com/b?c%20d'],
  ['ws://example.com:80', 'ws://example.com/'],
  ['wss://example.com:443', 'wss://example.com/'],
  ['ws://example.com:443', 'ws://example.com:443/'],
  ['ws://[::1]:8080/', 'ws://[::1]:8080/'],
  ['ws://ex\u00e4mple.com/\u00e4', 'ws://xn--exmple-cua.com/%C3%A4'],
]
for (const [given, expected] of same) {
  test(() => {
    const ws = new WebSocket(given)
    ws.close()
    assert_equals(ws.url, expected)
  }, `${given} is ${expected}`)
}

test(() => {
  const ws = new WebSocket('/relative?x')
  ws.close()
  assert_equals(ws.url, new URL('/relative?x', location.href.replace('http', 'ws')).href)
}, 'a relative URL belongs to the location')

test(() => {
  const ws = new WebSocket(new URL(`${base}/echo`))
  ws.close()
  assert_equals(ws.url, `${base}/echo`)
}, 'a URL object is taken')

test(() => {
  assert_throws_js(TypeError, () => new WebSocket())
  assert_throws_js(TypeError, () => WebSocket(`${base}/echo`))
}, 'a URL is needed, and new')

for (const protocols of [
  '',
  'a b',
  'a,b',
  'a\tb',
  '\u0080',
  '\u00e9',
  'a\u007f',
  'a/b',
  'a;b',
  'a"b',
  ['a', 'a'],
  ['a', 'A'],
  ['a', ''],
  {},
])
  test(
    () => assert_throws_dom('SyntaxError', () => new WebSocket(base, protocols)),
    `the subprotocols ${JSON.stringify(protocols)} are a SyntaxError`,
  )

test(() => {
  for (const protocols of [undefined, [], 'chat', ['chat', 'superchat'], "!#$%&'*+-.^_`|~09azAZ", new Set(['a'])])
    new WebSocket(base, protocols).close()
}, 'subprotocols that are tokens are taken, one or many')

test(() => {
  const ws = new WebSocket(`${base}/echo`, 'echo', 'one more')
  ws.close()
  assert_true(ws instanceof WebSocket)
}, 'arguments beyond the second one are ignored')

test(() => {
  const ws = new WebSocket(`${base}/echo`)
  assert_equals(ws.readyState, WebSocket.CONNECTING)
  assert_equals(ws.bufferedAmount, 0)
  assert_equals(ws.protocol, '')
  assert_equals(ws.extensions, '')
  assert_equals(ws.binaryType, 'blob')
  for (const handler of ['onopen', 'onmessage', 'onerror', 'onclose']) assert_equals(ws[handler], null)
  ws.close()
}, 'a connection begins with the values of the standard')

test(() => {
  assert_equals([WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED].join(), '0,1,2,3')
  WebSocket.CLOSED = 5
  assert_equals(WebSocket.CLOSED, 3)
  assert_equals(WebSocket.prototype.OPEN, 1)
}, 'constants cannot be changed')

test(() => {
  class Own extends WebSocket {
    constructor() {
      super(`${base}/echo`)
    }
    get isOwn() {
      return true
    }
  }
  const ws = new Own()
  ws.close()
  assert_true(ws.isOwn && ws instanceof WebSocket && ws instanceof EventTarget)
}, 'the class can be derived from')
