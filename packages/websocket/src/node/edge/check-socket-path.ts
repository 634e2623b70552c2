import { ApiMisuse } from '../../protocol/faults/errors.ts'

/**
 * Throws `ApiMisuse` for the path of a Unix socket that is longer than the system can keep. Node cuts such a path without an error, so that the
 * server listens somewhere else.
 */
export function checkSocketPath(path: string, platform: string = process.platform): void {
  const most = longest[platform] ?? Number.POSITIVE_INFINITY
  const octets = Buffer.byteLength(path)
  if (octets > most)
    throw new ApiMisuse(`the path of a Unix socket has at most ${most} octets, and this one has ${octets}: "${path.slice(0, 40)}…"`)
}

/** The octets of `sun_path` in `sockaddr_un` without the zero at the end. The pipes of Windows have no such limit. */
const longest: Readonly<Record<string, number>> = { linux: 107, android: 107, darwin: 103, freebsd: 103, openbsd: 103, netbsd: 103 }
