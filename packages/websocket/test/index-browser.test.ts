import { fileURLToPath } from 'node:url'
import * as root from '@autobahn-ts/websocket'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import * as browser from '../src/browser/index.ts'
import * as page from '../src/index-browser.ts'

const [onNode, inBrowser, onPage] = [new Map(Object.entries(root)), new Map(Object.entries(browser)), new Map(Object.entries(page))]

it('has every name that the root has on Node, and every name of the entry for browsers', () => {
  expect([...onNode.keys(), ...inBrowser.keys()].filter(name => !onPage.has(name))).toEqual([])
})

it('has the clients of the browser under the names that clients have on Node', () => {
  for (const name of ['connect', 'connectWS', 'WebSocketClientFactory', 'WebSocketClientProtocol']) {
    expect(onPage.get(name)).toBe(inBrowser.get(name))
    expect(onPage.get(name)).not.toBe(onNode.get(name))
  }
})

it('is what bundlers for browsers take for the root, with nothing of Node', async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: "import { connect, serve } from '@autobahn-ts/websocket'\nexport { connect, serve }",
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
  })
  expect(Object.keys(metafile.inputs).filter(file => file.includes('/node/'))).toEqual([])
  const bundled = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]!.text)}`)
  expect(() => bundled.serve({ port: 9000 }, () => undefined)).toThrow('serve needs Node')
  await expect(bundled.connect('ftp://test/')).rejects.toThrow('must begin with ws:')
})
