/** Quotes a text of a peer or an application for a message: everything but printable ASCII is escaped, and a long text is cut. */
export function quoted(text: string): string {
  const shown = text.length > longest ? text.slice(0, longest) : text
  let escaped = ''
  for (let i = 0; i < shown.length; i++) escaped += escapedAt(shown, i)
  return text.length > longest ? `"${escaped}..."` : `"${escaped}"`
}

function escapedAt(text: string, at: number): string {
  const code = text.charCodeAt(at)
  if (code === 0x22 || code === 0x5c) return `\\${text[at]}`
  if (code >= 0x20 && code < 0x7f) return text.charAt(at)
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

const longest = 80
