import type { ClientOptions, ServerOptions } from '../../../src/portable.ts'
import { type Call, type Opened, openClient, openServer, recording, recordingClient } from '../opened.ts'

type Ended<Protocol> = { opened: Opened<Protocol> & { calls: Call[] }; calls: Call[]; last: () => Call | undefined }

type Opens = typeof server | typeof client

/** So many octets wait for the peer. */
export function sendingTo(open: Opens, octets: number) {
  const { opened, last } = open()
  opened.stream.isStuck = true
  opened.protocol.sendMessage(new Uint8Array(octets))
  opened.clock.flush()
  return { opened, last }
}

export function closingBehind(open: Opens, octets: number) {
  const sending = sendingTo(open, octets)
  sending.opened.protocol.sendClose(1000)
  return sending
}

/** The peer takes octets, every second as many. */
export function takeFor({ stream, clock }: Pick<Ended<unknown>['opened'], 'stream' | 'clock'>, seconds: number, each = 1024): void {
  for (let second = 0; second < seconds; second++) {
    stream.take(each)
    clock.advance(1000)
  }
}

export function server(
  options: Partial<ServerOptions> = {},
  answer?: (hook: string) => Promise<void> | undefined,
): Ended<InstanceType<ReturnType<typeof recording>>> {
  const calls: Call[] = []
  const opened = { ...openServer(recording('messages', calls, answer), options), calls }
  return { opened, calls, last: () => calls.at(-1) }
}

export function client(options: Partial<ClientOptions> = {}): Ended<InstanceType<ReturnType<typeof recordingClient>>> {
  const calls: Call[] = []
  const opened = { ...openClient(recordingClient('messages', calls), options), calls }
  return { opened, calls, last: () => calls.at(-1) }
}
