/** The cookie of an HTTP request that opens a transport. Both fields are names of a cookie that only its issuer knows, and never its value. */
export interface TransportCookie {
  /** The cookie that the request has brought, where its issuer knows whom it belongs to. */
  readonly known?: string | undefined
  /** The cookie that the answer sets. Nobody had it before. */
  readonly issued?: string | undefined
}

/** The outcome of a look at the cookies of a request. */
export interface CookieMeeting {
  readonly cookie: TransportCookie
  /** The value of `Set-Cookie` in the answer, where there is to be one. */
  readonly setCookie?: string | undefined
}

/** Looks at the cookies of requests that open transports, and issues cookies: the port of a router that knows clients again by them. */
export interface CookieIssuer {
  /** `header` is the field `Cookie` of the request. `isSecure`: it came over TLS. */
  meet(header: string, isSecure: boolean): CookieMeeting
}
