/** The beginnings of WAMP's own URIs. */
export const wampUri = 'http://api.wamp.ws/'
export const procedureUri: string = `${wampUri}procedure#`
export const topicUri: string = `${wampUri}topic#`
export const errorUri: string = `${wampUri}error#`

/** The URIs of errors that do not come from an `RpcError` of a procedure. */
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
