import type { Cluster, Worker } from 'node:cluster'
import { BusHub, type HubMember } from '../../bus/bus-hub.ts'
import { type BusOptions, hubBus } from '../../bus/in-process-bus.ts'
import type { ClosableBus } from '../../bus/linked-bus.ts'
import { checkPattern, checkSubject } from '../../bus/subject.ts'
import { reporting } from '../../protocol/hooks/guarded.ts'
import { type ClusterMessage, unpacked } from './cluster-message.ts'
import { ProcessChannel } from './process-channel.ts'

/** Makes a participant in the primary process. From the first one on, the process passes on what its workers publish. */
export function primaryBus(cluster: Cluster, { onError }: BusOptions): ClosableBus {
  meeting ??= new ClusterHub(cluster, reporting(onError))
  return hubBus(meeting.hub, onError)
}

/** The hub of the primary process, with a member for each participant in a worker. */
class ClusterHub {
  readonly hub: BusHub = new BusHub()
  readonly #workers = new WeakMap<Worker, WorkerMembers>()
  readonly #failed: (thrown: unknown) => void

  constructor(cluster: Cluster, failed: (thrown: unknown) => void) {
    this.#failed = failed
    const takesOctets = cluster.settings.serialization === 'advanced'
    cluster.on('message', (worker: Worker, value: unknown) => {
      const message = unpacked(value)
      if (message !== undefined) this.#received(worker, message, takesOctets)
    })
    cluster.on('disconnect', worker => this.#workers.get(worker)?.leave())
    cluster.on('exit', worker => this.#workers.get(worker)?.leave())
  }

  #received(worker: Worker, message: ClusterMessage | 'malformed', takesOctets: boolean): void {
    let members = this.#workers.get(worker)
    if (members === undefined) {
      members = new WorkerMembers(worker, this.hub, takesOctets, this.#failed)
      this.#workers.set(worker, members)
    }
    try {
      members.received(message)
    } catch (error) {
      this.#failed(error)
    }
  }
}

/** The participants in one worker. */
class WorkerMembers {
  readonly #worker: Worker
  readonly #hub: BusHub
  readonly #channel: ProcessChannel
  readonly #failed: (thrown: unknown) => void
  readonly #members = new Map<number, HubMember>()
  /** Whether the worker takes too little, which was reported. */
  #isBehind = false

  constructor(worker: Worker, hub: BusHub, takesOctets: boolean, failed: (thrown: unknown) => void) {
    this.#worker = worker
    this.#hub = hub
    this.#failed = failed
    this.#channel = new ProcessChannel({
      isConnected: () => worker.isConnected(),
      send: (message, sent) => void worker.send(message, undefined, undefined, sent),
    })
    this.#channel.takesOctets = takesOctets
  }

  /** Throws for a message that is not one of a worker. */
  received(message: ClusterMessage | 'malformed'): void {
    if (message === 'malformed') throw new Error(`worker ${this.#worker.id} sent what is not a message of the bus`)
    const { participant } = message
    if (message.kind === 'hello') return this.#begin(participant)
    const member = this.#members.get(participant)
    if (member === undefined) return
    if (message.kind === 'ask') {
      checkPattern(message.pattern)
      member.subscribe(message.pattern)
      this.#channel.sendAlways({ kind: 'granted', participant, pattern: message.pattern })
    } else if (message.kind === 'drop') member.unsubscribe(message.pattern)
    else if (message.kind === 'publish') {
      checkSubject(message.subject)
      member.publish(message.subject, message.octets)
    } else if (message.kind === 'bye') {
      member.leave()
      this.#members.delete(participant)
    }
  }

  leave(): void {
    for (const member of this.#members.values()) member.leave()
    this.#members.clear()
  }

  /** Adds a participant. It says hello until it is answered, so it may be there already. */
  #begin(participant: number): void {
    if (!this.#members.has(participant))
      this.#members.set(
        participant,
        this.#hub.join((subject, octets) => this.#deliver({ kind: 'deliver', participant, subject, octets })),
      )
    this.#channel.sendAlways({ kind: 'welcome', participant, takesOctets: this.#channel.takesOctets })
  }

  /** Sends a message to the worker. If the worker takes too little, it misses messages, which is reported once until it takes them again. */
  #deliver(message: ClusterMessage): void {
    if (!this.#channel.isConnected) return
    const wasSent = this.#channel.send(message)
    if (!wasSent && !this.#isBehind) this.#failed(new Error(`worker ${this.#worker.id} is too slow, and misses messages of the bus`))
    this.#isBehind = !wasSent
  }
}

let meeting: ClusterHub | undefined
