import { describe, expect, it } from 'vitest'
import { ProcessChannel } from '../../../src/node/bus/process-channel.ts'

describe('ProcessChannel', () => {
  it('sends until so many octets wait, and again when the system has taken some', () => {
    const { channel, sent } = recorded(1000)
    expect([publish(channel, 400), publish(channel, 400)]).toEqual([true, false])
    sent[0]!.taken(null)
    expect([publish(channel, 400), sent.length]).toEqual([true, 2])
  })

  it('sends a message of any size where nothing waits, and small ones always', () => {
    const { channel, sent } = recorded(1000)
    expect([publish(channel, 5000), publish(channel, 0)]).toEqual([true, false])
    channel.sendAlways({ kind: 'drop', participant: 1, pattern: 'a' })
    expect(sent.map(({ message }) => Object.values(message)[0])).toEqual(['publish', 'drop'])
  })

  it('passes on what the system said', () => {
    const { channel, sent } = recorded(1000)
    const outcomes: unknown[] = []
    channel.send({ kind: 'hello', participant: 1 }, error => outcomes.push(error))
    const error = new Error('closed')
    sent[0]!.taken(error)
    expect({ outcomes, isConnected: channel.isConnected }).toEqual({ outcomes: [error], isConnected: true })
  })

  it('sends octets in base64, or as they are where the channel takes them', () => {
    const { channel, sent } = recorded(1000)
    publish(channel, 3)
    channel.takesOctets = true
    publish(channel, 3)
    expect(sent.map(({ message }) => (message as { octets: unknown }).octets)).toEqual(['AAAA', new Uint8Array(3)])
  })
})

function publish(channel: ProcessChannel, size: number): boolean {
  return channel.send({ kind: 'publish', participant: 1, subject: 'a', octets: new Uint8Array(size) })
}

interface Sent {
  readonly message: object
  taken(error: Error | null): void
}

function recorded(most: number): { readonly channel: ProcessChannel; readonly sent: Sent[] } {
  const sent: Sent[] = []
  const sender = {
    isConnected: () => true,
    send: (message: object, taken: (error: Error | null) => void) => void sent.push({ message, taken }),
  }
  return { channel: new ProcessChannel(sender, most), sent }
}
