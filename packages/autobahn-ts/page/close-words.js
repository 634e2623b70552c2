/** Describes how a connection ended: the code, its meaning, and the reason. */
export function endInWords({ code, reason }) {
  const meaning = meanings.get(code)
  const words = meaning === undefined ? `code ${code}` : `code ${code}, ${meaning}`
  return reason === '' ? `${words}.` : `${words} (${reason}).`
}

/** The codes of RFC 6455 §7.4.1 and of IANA's registry. */
const meanings = new Map([
  [1000, 'a normal end'],
  [1001, 'the other side is going away'],
  [1002, 'a rule of the protocol was broken'],
  [1003, 'this kind of data is not accepted'],
  [1005, 'without a code'],
  [1006, 'without a close frame: the server has ended or cannot be reached'],
  [1007, 'the text was not valid UTF-8'],
  [1008, 'against the rules of this server'],
  [1009, 'the message was too big'],
  [1011, 'an error in the server'],
  [1012, 'the server restarts'],
  [1013, 'the server is too busy, try later'],
])
