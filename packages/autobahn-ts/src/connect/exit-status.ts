import type { CloseInfo } from '@autobahn-ts/websocket'

/**
 * Returns the exit status for the end of a connection: 0 where it closed as it should (1000, 1001, or without a code), 2 to 15 for the codes
 * 1002 to 1015 of RFC 6455, 30 for those of libraries (3000 to 3999), 40 for those of applications (4000 to 4999).
 */
export function exitStatus({ code }: Pick<CloseInfo, 'code'>): number {
  if (code === 1000 || code === 1001 || code === 1005) return 0
  if (code >= 1002 && code <= 1015) return code - 1000
  return code >= 4000 ? 40 : 30
}
