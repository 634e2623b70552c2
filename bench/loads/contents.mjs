/** Returns `length` octets of JSON, similar to that of applications. */
export function json(length) {
  const items = Array.from({ length: Math.ceil(length / 30) + 1 }, (_, i) => ({ id: 1000 + i, name: `item ${i}`, price: i * 1.25 }))
  return Buffer.from(JSON.stringify(items).slice(0, length))
}

/** Returns `length` octets of UTF-8: mostly ASCII, some letters of two octets, some characters of three and four. */
export function text(length) {
  const words = 'Grüße aus Köln – naïve café, 12 €, こんにちは, 👋 and many plain words between them, as there are in most messages. '
  const octets = Buffer.from(words.repeat(Math.ceil(length / words.length)))
  let end = length
  // Do not cut within a character.
  while ((octets[end] & 0xc0) === 0x80) end--
  return Buffer.from(
    octets
      .subarray(0, end)
      .toString()
      .padEnd(octets.subarray(0, end).toString().length + length - end, '.'),
  )
}
