/** What URIs of WAMP itself begin with. */
export const wampUri = 'http://api.wamp.ws/'
export const procedureUri: string = `${wampUri}procedure#`
export const topicUri: string = `${wampUri}topic#`
export const errorUri: string = `${wampUri}error#`

/** What calls fail with that no procedure has given a URI of its own. */
export const ErrorUri: {
  readonly Generic: string
  readonly Internal: string
  readonly NoSuchRpcEndpoint: string
  readonly TooManyCalls: string
} = {
  Generic: `${errorUri}generic`,
  Internal: `${errorUri}internal`,
  NoSuchRpcEndpoint: `${errorUri}NoSuchRPCEndpoint`,
  TooManyCalls: `${errorUri}too-many-calls`,
}
