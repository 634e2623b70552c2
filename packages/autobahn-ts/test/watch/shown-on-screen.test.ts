import { createRouter, localClient } from '@autobahn-ts/router'
import { expect, it } from 'vitest'
import { RealmSource } from '../../src/watch/realm-source.ts'
import { Screen } from '../../src/watch/screen.ts'
import { ShownOnScreen } from '../../src/watch/shown-on-screen.ts'

it('ShownOnScreen draws at each reading, also while the session is lost, and begins anew with the next one', async () => {
  const router = createRouter()
  const first = await localClient(router, { realm: 'realm1', authid: 'watcher' })
  const joe = await localClient(router, { realm: 'realm1', authid: 'joe' })
  const written: string[] = []
  const client = { session: first.session }
  const source = new RealmSource(first.untyped)
  const ports = { url: 'ws://127.0.0.1', realm: 'realm1', today: () => 0, now: () => 0 }
  const shown = new ShownOnScreen(client, source, { ...ports, screen: new Screen({ rows: 30, write: text => written.push(text) }) })
  await source.listen(event => shown.happened(event))
  await shown.read()
  expect(written.at(-1)).toContain('joe')
  client.session = undefined
  await shown.read()
  expect(written.at(-1)).toContain('lost, trying again')
  await joe.close()
  // what has changed without a session is not told by events
  client.session = { ...first.session!, id: 12345 }
  await shown.read()
  expect(written.at(-1)).not.toContain('joe')
  expect(written.at(-1)).not.toContain('trying again')
  shown.leave()
  expect(written.at(-1)).toContain('1049l')
  await router.close()
})
