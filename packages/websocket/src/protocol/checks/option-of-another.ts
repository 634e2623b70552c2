/**
 * Tells where an option belongs that another function or another object of options has: `reconnect` is one of `connect`. Returns `undefined`
 * for names that are not known, and where `names` has the option.
 */
export function optionOfAnother(name: string, names: readonly string[]): string | undefined {
  if (names.includes(name)) return undefined
  if (name === 'reconnect') return 'it is an option of connect'
  if (names.includes('reconnect') && ofReconnect.includes(name)) return `write reconnect: { ${name} }`
  return ofListening.includes(name) ? 'it is an option of serve and of listenWS' : undefined
}

const ofReconnect: readonly string[] =
  'initialDelay,growth,maxDelay,jitter,maxRetries,retryFirst,queue,queueSize,maxSilence,onOpen,onLost,retryIf'.split(',')

const ofListening: readonly string[] = 'host,port,socketPath,backlog,exclusive,reusePort'.split(',')
