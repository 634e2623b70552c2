import { afterEach, describe, expect, it } from 'vitest'
import { NatsServer } from '../../packages/nats/test/fixtures/nats-server.ts'
import { StreamOperator } from '../../packages/nats/test/fixtures/stream-operator.ts'
import { ChannelProcess, type Member, pause } from './channel-process.ts'
import { measured, seconds } from './measured.ts'
import { NetworkNamespace } from './network-namespace.ts'

const ended: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end()
})

describe('a link that is cut', () => {
  it.skipIf(!NetworkNamespace.isAllowed)(
    'is noticed within 3 s, heals within 5 s, and what was lost is told; memory stays bounded',
    async () => {
      const namespace = new NetworkNamespace()
      ended.push(() => namespace.remove())
      const nats = await NatsServer.start('', { host: '10.211.1.1' })
      ended.push(() => nats.end())
      const options = { servers: [nats.url], prefix: 'cut' }
      const here = await ChannelProcess.start({ ...options, name: 'here' })
      const there = await ChannelProcess.start({ ...options, name: 'there', host: '10.211.2.2' }, namespace.name)
      ended.push(
        () => here.end(),
        () => there.end(),
      )
      const [mine, theirs] = [await here.join(), await there.join()]
      await here.ask(3)
      await there.ask(3)
      await Promise.all([theirs.heard('here 3'), mine.heard('there 3')])
      const before = await Promise.all([here.ask(), there.ask()])

      namespace.cut()
      const noticed = await seconds(() => there.is(({ isConnected }) => !isConnected))
      const { results } = await there.ask(5)
      expect(results.map(({ remote, sent }) => `${remote} ${sent}`)).toEqual(Array(5).fill('unreachable 1'))
      await theirs.heard('there 8')
      for (let i = 0; i < 20; i++) {
        await here.ask(500, 1000)
        await there.ask(500, 1000)
      }
      const during = await Promise.all([here.ask(), there.ask()])

      namespace.mend()
      const healed = await seconds(() => heals(here, theirs, there, mine))
      const told = await there.is(({ gaps }) => gaps.length > 0)
      const missing = (of: readonly { missing: number | 'unknown' }[]): number => of.reduce((sum, gap) => sum + Number(gap.missing), 0)
      const heardHere = mine.numbers('there')
      const last = Math.max(...heardHere)
      const toldHere = await here.is(({ gaps }) => missing(gaps) >= last - heardHere.length)
      expect({ unheard: last - heardHere.length, told: missing(toldHere.gaps) }).toEqual({
        unheard: missing(toldHere.gaps),
        told: missing(toldHere.gaps),
      })
      const heardThere = theirs.numbers('here')
      expect(missing(told.gaps)).toBe(Math.max(...heardThere) - heardThere.length)
      for (const numbers of [heardHere, heardThere]) expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
      const grown = during.map(({ memory }, at) => (memory - before[at]!.memory) / 2 ** 20)
      expect(noticed).toBeLessThan(3.5)
      expect(healed).toBeLessThan(5)
      expect(Math.max(...grown)).toBeLessThan(100)
      measured('a link is cut: noticed after', `${noticed.toFixed(1)} s`)
      measured('a link is cut: live again after it is mended', `${healed.toFixed(1)} s`)
      measured(
        'a link is cut: memory that the processes took while each broadcast 10,000 messages of 1,000 octets',
        grown.map(each => `${each.toFixed(0)} MiB`).join(' and '),
      )
      measured('a link is cut: messages lost, all of them told', `${missing(toldHere.gaps)} and ${missing(told.gaps)}`)
    },
  )
})

describe('a cluster of three that keeps messages in three replicas', () => {
  it('loses the leader of the stream: live again within 5 s, kept again within 20 s, and each message is as it was told', async () => {
    const servers = await NatsServer.startJetStreamCluster(3)
    ended.push(...servers.map(server => () => server.end()))
    const operator = await StreamOperator.connect(servers.map(({ url }) => url))
    ended.push(() => operator.close())
    await operator.ready(3)
    const options = { servers: servers.map(({ url }) => url), prefix: 'leader', history: { count: 100_000, seconds: 600 }, replicas: 3 }
    const processes = [await ChannelProcess.start({ ...options, name: 'a' }), await ChannelProcess.start({ ...options, name: 'b' })]
    ended.push(...processes.map(each => () => each.end()))
    const [a, b] = processes as [ChannelProcess, ChannelProcess]
    const [mine, theirs] = [await a.join(), await b.join()]
    await a.ask(20)
    await theirs.heard('a 20')
    const { position, memory } = await b.ask()
    const name = await operator.leaderOf('leader_history')
    const leader = servers.find(server => server.name === name)!

    await leader.kill()
    const killedAt = performance.now()
    const since = (): number => (performance.now() - killedAt) / 1000
    const outcomes: { readonly at: number; readonly number: number; readonly stored: boolean }[] = []
    let [isStored, live] = [false, 0]
    while (!isStored || live === 0) {
      const { results, isConnected } = await a.ask(1)
      for (const { number, stored } of results) outcomes.push({ at: since(), number, stored: stored === true })
      if (live === 0 && isConnected && theirs.numbers('a').at(-1)! > 20) live = since()
      isStored = outcomes.slice(-10).every(({ stored }) => stored) && outcomes.length >= 10
      await pause()
    }
    const last = outcomes.at(-1)!.number
    await theirs.heard(`a ${last}`)
    const kept = outcomes.filter(({ stored }) => stored).map(({ number }) => number)
    const again = outcomes.find(
      ({ number }) => kept.includes(number) && !outcomes.some(other => other.number > number && !other.stored),
    )!.at

    // The kept messages come to those who ask for them later, once and in order; the live ones came once and in order.
    const late = await a.join(position!)
    await late.heard(`a ${last}`)
    expect(late.numbers('a').filter(number => kept.includes(number))).toEqual(kept)
    const heard = theirs.numbers('a')
    expect(heard).toEqual([...new Set(heard)])
    expect(mine.numbers('a').filter(number => kept.includes(number))).toEqual(kept)
    for (const number of kept) expect(heard).toContain(number)
    const states = await Promise.all([a.ask(), b.ask()])
    const grown = (states[1]!.memory - memory) / 2 ** 20
    expect(outcomes.some(({ stored }) => !stored)).toBe(true)
    expect(live).toBeLessThan(5)
    expect(again).toBeLessThan(20)
    expect(grown).toBeLessThan(100)
    const unheard = outcomes.filter(({ number }) => !heard.includes(number)).map(({ number }) => number)
    if (unheard.length > 0) await b.is(({ gaps }) => gaps.length > 0)
    measured('the leader of the stream is killed: the first message reaches a member of another process after', `${live.toFixed(1)} s`)
    measured('the leader of the stream is killed: all messages are kept again after', `${again.toFixed(1)} s`)
    measured(
      'the leader of the stream is killed: messages that were broadcast, and said not to be kept',
      `${outcomes.length}, ${outcomes.length - kept.length}`,
    )
    measured('the leader of the stream is killed: messages that the other process did not get (and was told so)', `${unheard.length}`)
  })
})

/** Broadcasts until members of both processes hear the other one. */
async function heals(here: ChannelProcess, theirs: Member, there: ChannelProcess, mine: Member): Promise<void> {
  const [heardThere, heardHere] = [theirs.numbers('here').length, mine.numbers('there').length]
  while (theirs.numbers('here').length === heardThere || mine.numbers('there').length === heardHere) {
    await Promise.all([here.ask(1), there.ask(1)])
    await pause()
  }
}
