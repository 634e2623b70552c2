// Types of messages in function style: texts, JSON with schemas of Standard Schema, everything that `send` takes, and proxies.
import { connect, type MessageRefused, type SchemaOutput, type StandardSchema, serve } from '@autobahn-ts/websocket'

interface Move {
  readonly from: string
  readonly at: Date
}

declare const schema: StandardSchema<{ readonly from: string; readonly at: string }, Move>

export async function client(blob: Blob, stream: ReadableStream<Uint8Array>, words: ReadableStream<string>): Promise<void> {
  await using ws = await connect('wss://alice:secret@example.com', {
    auth: 'url',
    proxy: { url: new URL('http://proxy.example:3128'), headers: { 'X-Team': 'a' } },
  })
  await ws.send(new Float32Array(2))
  await ws.send(new DataView(new ArrayBuffer(2)), { doNotCompress: true, fragmentSize: 1024 })
  await ws.send(new ArrayBuffer(2), { signal: AbortSignal.timeout(1000) })
  await ws.send(blob)
  await ws.send(stream)
  await ws.send(words, { binary: false })
  await ws.send(['a', 'b'], { binary: false })
  await ws.sendJson({ any: 1 })
  // @ts-expect-error pieces of text need { binary: false }
  await ws.send(['a', 'b'])
  // @ts-expect-error there is no such option
  await ws.send('a', { compress: true })
  // @ts-expect-error a number is not a message
  await ws.send(5)

  for await (const text of ws.texts()) console.log(text.toUpperCase())
  for await (const { from, at } of ws.json(schema)) console.log(from.toUpperCase(), at.getTime())
  for await (const value of ws.json<{ readonly n: number }>()) console.log(value.n.toFixed())
  for await (const value of ws.json()) {
    // @ts-expect-error without a schema nothing is known of a value
    console.log(value.n)
  }
  const move: SchemaOutput<typeof schema> = await ws.receiveJson(schema, { timeout: 5 })
  const text: string = await ws.receiveText()
  console.log(move.at.getTime(), text)
  ws.terminate()
}

await serve({ socketPath: '/run/app.sock' }, async ws => {
  const onRefused = (error: MessageRefused, message: string | Uint8Array): Promise<void> =>
    ws.sendJson({ error: error.message, at: error.issues[0]?.path, size: message.length })
  for await (const { from } of ws.json(schema, { onRefused })) await ws.send(from)
})

await connect('ws://example.com', { proxy: 'env' })
await connect('ws://example.com', { proxy: false, auth: { username: 'alice', password: 'secret' } })
// @ts-expect-error a proxy is a URL, settings, 'env' or false
await connect('ws://example.com', { proxy: true })
