import type { Octets } from '@autobahn-ts/websocket/portable'

/** A stream of octets, as far as it is read here: a `ReadableStream` is one. */
export interface OctetStream {
  getReader(): { read(): Promise<{ readonly value?: Octets | undefined }>; cancel(): Promise<void> }
}

/** Reads the body of an answer that `fetch` has brought. Stops reading, and rejects, where it is larger than `maxSize` octets. */
export async function responseBody(body: OctetStream | null, maxSize: number): Promise<Octets> {
  const pieces: Octets[] = []
  let size = 0
  const reader = body?.getReader()
  for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
    size += piece.value.length
    if (size > maxSize) {
      reader?.cancel().catch(() => {})
      throw new Error(`an answer is larger than the limit of ${maxSize} octets`)
    }
    pieces.push(piece.value)
  }
  const octets = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    octets.set(piece, at)
    at += piece.length
  }
  return octets
}
