/** An error of WAMP, in the form in which the adapters of clients give it to the table of features, and take it from there. */
export class PeerError extends Error {
  name = 'PeerError'

  constructor(uri, args = [], kwargs = {}) {
    super(uri)
    this.uri = uri
    this.args = args
    this.kwargs = kwargs
  }
}
