// @ts-check
// Three clients that publish to each other, with CURIEs in place of URIs.
import { connectWamp } from '@autobahn-ts/wamp/v1'

const port = Number(process.argv[2] ?? 9000)
/** @type {string[]} */
const lines = []
const [ada, grace, alan] = await Promise.all([join('Ada'), join('Grace'), join('Alan')])

// To all subscribers except the publisher.
await told([grace, alan], () => ada.client.publish('chat:general', 'hello all'))

// To the publisher as well.
await told([ada, grace, alan], () => ada.client.publish('chat:general', 'an echo', { excludeMe: false }))

// To all but some, or only to some: the lists contain session ids.
await told([grace], () => ada.client.publish('chat:general', 'not for Alan', { exclude: [ada.sessionId, alan.sessionId] }))
await told([alan], () => ada.client.publish('chat:general', 'for Alan alone', { eligible: [alan.sessionId] }))

// To a topic that the server opened by its prefix. Handlers get the full URI.
grace.client.subscribe('room:tea', grace.heard)
await grace.client.call('chat:ready')
await told([grace], () => ada.client.publish('room:tea', { invitation: 'at five' }))

await Promise.all([ada, grace, alan].map(({ client }) => client.close()))

/** @param {string} name */
async function join(name) {
  const client = await connectWamp(`ws://127.0.0.1:${port}`)
  client.prefix('chat', 'http://example.com/chat#')
  client.prefix('room', 'http://example.com/chat/room#')
  /** @type {(() => void)[]} */
  const waiting = []
  const heard = (/** @type {string} */ topicUri, /** @type {unknown} */ event) => {
    lines.push(`${name} hears of ${topicUri}: ${JSON.stringify(event)}`)
    waiting.shift()?.()
  }
  client.subscribe('chat:general', heard)
  // SUBSCRIBE has no answer; but messages are handled in order, so the answer to a later call shows that it was handled.
  await client.call('chat:ready')
  return { client, heard, waiting, sessionId: client.sessionId ?? '' }
}

/**
 * Waits until each member has received one event, and prints the events.
 *
 * @param {{ waiting: (() => void)[] }[]} members
 * @param {() => void} publish
 */
async function told(members, publish) {
  lines.length = 0
  const all = members.map(({ waiting }) => new Promise(resolve => waiting.push(() => resolve(undefined))))
  publish()
  await Promise.all(all)
  for (const line of lines.sort()) console.log(line)
  console.log()
}
