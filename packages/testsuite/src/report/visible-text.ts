/**
 * Makes a testee's text safe to read: control characters become their pictures (`␀`), and characters that change the direction of writing
 * or have no width are written out (`\u{202e}`).
 */
export function visible(text: string): string {
  return text.replaceAll(hidden, character => {
    const code = character.codePointAt(0)!
    if (code < 0x20) return String.fromCodePoint(0x2400 + code)
    return code === 0x7f ? '␡' : `\\u{${code.toString(16)}}`
  })
}

/** Control characters, formatting characters (direction marks among them), lone surrogates, line and paragraph separators. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
