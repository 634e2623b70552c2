/** The error of a client that cannot or will not answer the challenge of a router. Nothing that depends on the secret was sent. */
export class ChallengeRefused extends Error {
  override readonly name = 'ChallengeRefused'
  readonly code: 'ERR_WAMP_CHALLENGE_REFUSED' = 'ERR_WAMP_CHALLENGE_REFUSED'
}
