/** Explanations of verdicts that are not OK, shown while the testee still has the verdict. `testees` are beginnings of names. */
export const notes = [
  {
    testees: ['ws server', 'ws client'],
    cases: ['9.3.1', '9.3.2', '9.4.1', '9.4.2'],
    text: 'The default of `maxFragments` is 16,384 frames per message since ws 8.21.1; these cases send 65,537 and 16,385. With the limit lifted they are OK.',
  },
  {
    testees: ['ws', 'undici', 'Bun'],
    cases: ['6.4.1', '6.4.2', '6.4.3', '6.4.4'],
    text: 'UTF-8 is checked when the message is complete: RFC 6455 §8.1 does not say when, but the cases ask for it while octets arrive.',
  },
  {
    testees: ['Deno'],
    cases: ['6.4.3', '6.4.4'],
    text: 'UTF-8 is checked when a frame is complete, hence 6.4.1 and 6.4.2 are OK; the connection is dropped without a close frame.',
  },
  {
    testees: ['Deno'],
    cases: ['7.3.6'],
    text: 'A close frame of 126 octets is answered by a copy of 126 octets. RFC 6455 §5.5 limits control frames to 125 octets, for the sender as well.',
  },
  { testees: ['Deno'], cases: ['12.1.1', '13.1.1'], text: 'The handshake neither offers nor accepts permessage-deflate.' },
  {
    testees: ['Bun server'],
    cases: ['13.3.1', '13.5.1'],
    text: 'An offer with `server_max_window_bits=9` only is declined; if another offer follows (13.7), that one is accepted.',
  },
]
