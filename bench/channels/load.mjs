// The load of the benchmark of channels: members of one room at several servers. It gets orders as lines of JSON.
// { kind, ports, members } connects so many members to each port; { kind, rate, burst, milliseconds, octets } has members say texts at a fixed
// rate, so many at once.
import { createInterface } from 'node:readline'
import { quantile } from '../statistics.mjs'
import { Member } from './member.mjs'

/** The members of each kind, and what is called with each text that one of them hears. */
const rooms = new Map()

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line)
  const answer = order.ports === undefined ? await measure(order) : await join(order)
  console.log(JSON.stringify(answer))
}

async function join({ kind, ports, members: count }) {
  const room = { members: [], heard: () => {} }
  rooms.set(kind, room)
  for (const port of ports) for (let i = 0; i < count; i++) room.members.push(await Member.join(kind, port, text => room.heard(text)))
  // All are there when each hears all that one of each server says: joining may still be on its way between the servers.
  while ((await measure({ kind, rate: 50, burst: 1, milliseconds: 100, octets: 20 })).missing > 0);
  return { members: room.members.length }
}

/** Ten members at each server speak, in turns. */
function speaker(members, i) {
  const at = Math.floor(i / 2) % Math.min(10, members.length)
  return i % 2 === 0 ? members[at] : members.at(-1 - at)
}

/** Has the members say texts, in turns at each server, and waits for all deliveries, 3 s at most after the last text. */
async function measure({ kind, rate, burst, milliseconds, octets }) {
  const { members, ...room } = rooms.get(kind)
  const said = []
  const delays = []
  rooms.get(kind).heard = text => delays.push(performance.now() - said[Number(text.slice(0, 8))])
  const count = Math.round((rate * milliseconds) / 1000)
  const began = performance.now()
  for (let i = 0; i < count; i++) {
    const due = began + (Math.floor(i / burst) * burst * 1000) / rate
    if (due > performance.now()) await new Promise(resolve => setTimeout(resolve, due - performance.now()))
    said.push(performance.now())
    void speaker(members, i).say(`${i}`.padStart(8, '0').padEnd(octets, '.'))
  }
  const wanted = count * members.length
  for (const end = performance.now() + 3000; delays.length < wanted && performance.now() < end; )
    await new Promise(resolve => setTimeout(resolve, 5))
  rooms.get(kind).heard = room.heard
  delays.sort((a, b) => a - b)
  return { delivered: delays.length, missing: wanted - delays.length, median: quantile(delays, 0.5), p99: quantile(delays, 0.99) }
}
