/**
 * A testee's text so that nothing in it is hidden and nothing acts: controls become their pictures (`␀`), what turns the direction of
 * writing or has no width is written out (`\u{202e}`).
 */
export function visible(text: string): string {
  return text.replaceAll(hidden, character => {
    const code = character.codePointAt(0)!
    if (code < 0x20) return String.fromCodePoint(0x2400 + code)
    return code === 0x7f ? '␡' : `\\u{${code.toString(16)}}`
  })
}

/** Controls, formats (direction marks among them), lone surrogates, line and paragraph separators. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
