/** Escapes for XML, for text and for attributes; what XML 1.0 has no way to write is written out, as `\u{0}`. */
export function xmlEscaped(text: string): string {
  return text
    .replaceAll(unwritable, character => `\\u{${character.codePointAt(0)!.toString(16)}}`)
    .replaceAll(/[&<>"'\t\n\r]/g, character => `&#${character.charCodeAt(0)};`)
}

/** Everything that is no `Char` of XML 1.0 §2.2, and the controls that it allows and advises against. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Cs}/gu
