import { listen, type RouterListener } from '@autobahn-ts/router'
import { connect } from '@autobahn-ts/wamp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addingRouter } from '../fixtures/adding-router.ts'
import { CliProcess, endAll } from '../fixtures/cli-process.ts'

describe('autobahn-ts subscribe', { timeout: 30_000 }, () => {
  let router: RouterListener
  beforeAll(async () => {
    router = await listen(await addingRouter(), { port: 0 })
  })
  afterAll(async () => {
    await endAll()
    await router.close({ timeout: 0 })
  })

  it('prints topic, publication and details of each event with --details, and the payload alone without it', async () => {
    const url = `ws://127.0.0.1:${router.port}`
    const detailed = new CliProcess('subscribe', url, 'com.', '--match', 'prefix', '--details', '--count', '1')
    const plain = new CliProcess('subscribe', url, 'com.tick', '--count', '1')
    await Promise.all([detailed.said(/subscribed to/), plain.said(/subscribed to/)])
    const client = await connect(url, { realm: 'realm1', reconnect: false })
    const publication = await client.publish('com.tick', [1], { unit: 's' }, { acknowledge: true })
    expect([await detailed.end(), await plain.end()]).toEqual([0, 0])
    const details = { topic: 'com.tick' }
    expect(JSON.parse(detailed.stdout)).toEqual({ topic: 'com.tick', publication, args: [1], kwargs: { unit: 's' }, details })
    expect(JSON.parse(plain.stdout)).toEqual({ args: [1], kwargs: { unit: 's' } })
    await client.close()
  })
})
