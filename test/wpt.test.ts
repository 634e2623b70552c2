import { describe, expect, it } from 'vitest'
import { reasonAgainst, reasonAgainstVariant } from '../interop/wpt/list.mjs'
import { shares } from '../interop/wpt/run.mjs'
import { isSubstituted, substituted } from '../interop/wpt/substitute.mjs'
import { fromPage, fromScript } from '../interop/wpt/test-file.mjs'

describe('a web-platform test', () => {
  it('that is a script names its scripts and variants in comments', () => {
    const text = [
      '// META: script=constants.sub.js',
      '//META: script=/resources/a.js?pipe=sub',
      '// META: variant=?default',
      '// META: variant=?wss',
      '// META: timeout=long',
      'test(() => {})',
    ].join('\n')
    expect(fromScript('websockets/stream/x.any.js', text)).toEqual({
      path: 'websockets/stream/x.any.js',
      scripts: [{ src: 'websockets/stream/constants.sub.js' }, { src: 'resources/a.js?pipe=sub' }, { src: 'websockets/stream/x.any.js' }],
      variants: ['?default', '?wss'],
      isLong: true,
    })
    expect(fromScript('websockets/y.any.js', '// META: script=../common/a.js\n')).toMatchObject({
      scripts: [{ src: 'common/a.js' }, { src: 'websockets/y.any.js' }],
      variants: [''],
      isLong: false,
    })
  })

  it('that is a page is its scripts without the harness', () => {
    const text = `<!doctype html>
<meta name="variant" content="?wss"><meta name=timeout content=long>
<script src=/resources/testharness.js></script><script src=/resources/testharnessreport.js></script>
<script src=../../constants.sub.js></script>
<script>
test(() => 1 < 2)
</script>`
    expect(fromPage('websockets/interfaces/a/001.html', text)).toEqual({
      path: 'websockets/interfaces/a/001.html',
      scripts: [{ src: 'websockets/constants.sub.js' }, { text: '\ntest(() => 1 < 2)\n' }],
      variants: ['?wss'],
      isLong: true,
    })
  })

  it('is run where it needs no browser', () => {
    expect(reasonAgainst('Close-1000.any.js', 'test(() => {})')).toBeUndefined()
    expect(reasonAgainst('stream/tentative/close.any.js', '')).toBeUndefined()
    expect(reasonAgainst('interfaces/WebSocket/url/001.html', '<script>test()</script>')).toBeUndefined()
    expect(reasonAgainst('interfaces/WebSocket/events/018.html', 'document.createEvent("x")')).toBe('needs a document')
    expect(reasonAgainst('constructor/004.html', '<script>test()</script>')).toBeUndefined()
    expect(reasonAgainst('keeping-connection-open/001.html', '')).toBeUndefined()
    expect(reasonAgainst('cookies/001.html', '')).toBe('needs the cookies of a browser')
    expect(reasonAgainst('a.window.js', '')).toBe('is of a kind that only browsers run')
    expect([reasonAgainstVariant('?wss'), reasonAgainstVariant('?wpt_flags=h2')]).toEqual([
      undefined,
      'needs a client that connects over HTTP/2',
    ])
  })
})

describe('the servers of the web-platform tests', () => {
  const place = { host: 'localhost', ports: { ws: [81, 82], wss: [83] }, location: new URL('http://localhost:80/a.html?key=1') }

  it('put names and ports into scripts', () => {
    expect(substituted('{{host}}:{{ports[ws][0]}} {{ ports[ws][1] }} {{ports[wss][1]}} {{ports[h2][0]}}', place)).toBe(
      'localhost:81 82 83 1',
    )
    expect(substituted('{{location[scheme]}} {{GET[key]}} {{domains[www]}} {{unknown[x]}}', place)).toBe('http 1 localhost {{unknown[x]}}')
  })

  it('do so where the name or the address asks for it', () => {
    expect([isSubstituted('a/b.sub.js', ''), isSubstituted('a/b.js', 'pipe=sub'), isSubstituted('a/b.js', '?x')]).toEqual([
      true,
      false,
      false,
    ])
    expect(isSubstituted('a/b.js', '?pipe=sub')).toBe(true)
  })
})

it('the shares count tests that an implementation did not come to, and files that were not completed', () => {
  const passed = { name: 'a', passed: true }
  const failed = { name: 'b', passed: false }
  const runs = [
    {
      path: 'x',
      variant: '',
      by: {
        'autobahn-ts': { results: [passed, { ...failed, passed: true }], harnessError: undefined },
        undici: { results: [passed], harnessError: 'it hangs' },
      },
    },
    {
      path: 'y',
      variant: '',
      by: { 'autobahn-ts': { results: [failed], harnessError: undefined }, undici: { results: [passed, failed], harnessError: undefined } },
    },
  ]
  expect(shares(runs)).toEqual({ 'autobahn-ts': { passed: 3, total: 5 }, undici: { passed: 2, total: 5 } })
})
