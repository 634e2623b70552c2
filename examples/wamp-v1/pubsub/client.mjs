// @ts-check
// Three clients that publish to each other, with CURIEs in place of URIs.
import { connectWamp } from '@autobahn-ts/wamp/v1'

const port = Number(process.argv[2] ?? 9000)
/** @type {string[]} */
const lines = []
const [ada, grace, alan] = await Promise.all([join('Ada'), join('Grace'), join('Alan')])

// Everybody who has subscribed, but not the publisher.
await told([grace, alan], () => ada.client.publish('chat:general', 'hello all'))

// The publisher too.
await told([ada, grace, alan], () => ada.client.publish('chat:general', 'an echo', { excludeMe: false }))

// All but some, or nobody but some: sessions are named by their ids.
await told([grace], () => ada.client.publish('chat:general', 'not for Alan', { exclude: [ada.sessionId, alan.sessionId] }))
await told([alan], () => ada.client.publish('chat:general', 'for Alan alone', { eligible: [alan.sessionId] }))

// A topic of those that the server opened by their prefix. Handlers are given the whole URI.
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
  // There is no answer to SUBSCRIBE; but messages are handled in order, so what is answered comes after it.
  await client.call('chat:ready')
  return { client, heard, waiting, sessionId: client.sessionId ?? '' }
}

/**
 * Waits until each has heard of one event, and prints what they heard.
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
