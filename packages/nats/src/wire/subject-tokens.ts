/**
 * Returns a subject in the letters that NATS takes in a token: letters, digits, `_` and `-`. Any other UTF-16 unit becomes `=XX` or `=uXXXX`,
 * and a token without letters becomes `=`. Different subjects have different encodings, also where they are not well-formed Unicode.
 */
export function encodedSubject(subject: string): string {
  return plain.test(subject) ? subject : subject.split('.').map(encodedToken).join('.')
}

/** Returns a pattern in the same form, in which `*` and a last `>` mean to NATS what they mean in the pattern. */
export function encodedPattern(pattern: string): string {
  return pattern
    .split('.')
    .map(token => (token === '*' || token === '>' ? token : encodedToken(token)))
    .join('.')
}

/** Returns the subject that was encoded; `undefined` where the text is not the encoding of one. */
export function decodedSubject(encoded: string): string | undefined {
  if (plain.test(encoded)) return encoded
  return encodedForm.test(encoded) ? encoded.split('.').map(decodedToken).join('.') : undefined
}

function encodedToken(token: string): string {
  return token === '' ? '=' : token.replace(unsafe, escaped)
}

function decodedToken(token: string): string {
  return token === '=' ? '' : token.replace(sequences, unescaped)
}

function escaped(unit: string): string {
  const code = unit.charCodeAt(0).toString(16).toUpperCase()
  return code.length > 2 ? `=u${code.padStart(4, '0')}` : `=${code.padStart(2, '0')}`
}

function unescaped(sequence: string): string {
  return String.fromCharCode(Number.parseInt(sequence.replace(/^=u?/, ''), 16))
}

const plain = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/
const unsafe = /[^A-Za-z0-9_-]/g
const sequences = /=u[0-9A-F]{4}|=[0-9A-F]{2}/g
const encodedForm = /^(?:=|(?:[A-Za-z0-9_-]|=u[0-9A-F]{4}|=[0-9A-F]{2})+)(?:\.(?:=|(?:[A-Za-z0-9_-]|=u[0-9A-F]{4}|=[0-9A-F]{2})+))*$/
