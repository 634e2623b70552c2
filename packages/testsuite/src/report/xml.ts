/** Escapes text for XML, also for attributes. Characters that XML 1.0 cannot contain are written out, as `\u{0}`. */
export function xmlEscaped(text: string): string {
  return text
    .replaceAll(unwritable, character => `\\u{${character.codePointAt(0)!.toString(16)}}`)
    .replaceAll(/[&<>"'\t\n\r]/g, character => `&#${character.charCodeAt(0)};`)
}

/** Characters that are not a `Char` of XML 1.0 §2.2, and the control characters that it allows but advises against. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression looks for control characters
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Cs}/gu
