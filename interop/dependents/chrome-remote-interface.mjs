// chrome-remote-interface: the debugging protocol of Chromium, without a framework.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import CDP from 'chrome-remote-interface'
import { chromium, chromiumArguments, did, provesDropIn } from './in-place.mjs'

const folder = mkdtempSync(join(tmpdir(), 'chromium-'))
const browser = spawn(chromium(), [...chromiumArguments, '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank'])
const port = await new Promise(resolve => {
  let said = ''
  browser.stderr.on('data', text => {
    said += text
    const match = /ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said)
    if (match !== null) resolve(Number(match[1]))
  })
})
const client = await CDP({ port })
const { result } = await client.Runtime.evaluate({ expression: '6 * 7' })
did('evaluates', result.value, 42)
const large = await client.Runtime.evaluate({ expression: '"z".repeat(2_000_000)', returnByValue: true })
did('gets a large result', large.result.value.length, 2_000_000)
await client.Page.enable()
const loaded = client.Page.loadEventFired()
await client.Page.navigate({ url: 'data:text/html,<p>hello' })
did('is told of events', typeof (await loaded).timestamp, 'number')
await client.close()
const gone = new Promise(resolve => browser.once('exit', resolve))
browser.kill()
await gone
rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
provesDropIn('chrome-remote-interface')
