/** The URIs that WAMP has for errors, and those that this library adds. */
export const ErrorUri = {
  invalidUri: 'wamp.error.invalid_uri',
  noSuchProcedure: 'wamp.error.no_such_procedure',
  procedureAlreadyExists: 'wamp.error.procedure_already_exists',
  procedureExistsWithDifferentPolicy: 'wamp.error.procedure_exists_with_different_invocation_policy',
  noSuchRegistration: 'wamp.error.no_such_registration',
  noSuchSubscription: 'wamp.error.no_such_subscription',
  noSuchSession: 'wamp.error.no_such_session',
  invalidArgument: 'wamp.error.invalid_argument',
  canceled: 'wamp.error.canceled',
  timeout: 'wamp.error.timeout',
  payloadSizeExceeded: 'wamp.error.payload_size_exceeded',
  protocolViolation: 'wamp.error.protocol_violation',
  notAuthorized: 'wamp.error.not_authorized',
  authorizationDenied: 'wamp.error.authorization_denied',
  authorizationFailed: 'wamp.error.authorization_failed',
  authorizationRequired: 'wamp.error.authorization_required',
  noSuchRealm: 'wamp.error.no_such_realm',
  noSuchRole: 'wamp.error.no_such_role',
  noSuchPrincipal: 'wamp.error.no_such_principal',
  noMatchingAuthMethod: 'wamp.error.no_matching_auth_method',
  authenticationDenied: 'wamp.error.authentication_denied',
  authenticationFailed: 'wamp.error.authentication_failed',
  authenticationRequired: 'wamp.error.authentication_required',
  optionNotAllowed: 'wamp.error.option_not_allowed',
  discloseMeDisallowed: 'wamp.error.option_disallowed.disclose_me',
  networkFailure: 'wamp.error.network_failure',
  unavailable: 'wamp.error.unavailable',
  noAvailableCallee: 'wamp.error.no_available_callee',
  featureNotSupported: 'wamp.error.feature_not_supported',
  /** The error of a handler that threw something else than a `WampError`; peers of the Autobahn family send it too. */
  runtimeError: 'wamp.error.runtime_error',
} as const
export type ErrorUri = (typeof ErrorUri)[keyof typeof ErrorUri]

/** The reasons that WAMP has for GOODBYE and ABORT. */
export const CloseReason = {
  systemShutdown: 'wamp.close.system_shutdown',
  closeRealm: 'wamp.close.close_realm',
  goodbyeAndOut: 'wamp.close.goodbye_and_out',
  killed: 'wamp.close.killed',
  /** The ordinary end of a session; it stands only in examples of the specification, and many peers send it. */
  normal: 'wamp.close.normal',
} as const
export type CloseReason = (typeof CloseReason)[keyof typeof CloseReason]
