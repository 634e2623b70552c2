// @ts-check
// Two members of one room, at two servers. Each says something, and prints what it hears.
import { connect } from '@autobahn-ts/websocket'

const ports = [Number(process.argv[2] ?? 9000), Number(process.argv[3] ?? 9001)]
const members = await Promise.all(ports.map(port => connect(`ws://127.0.0.1:${port}/lobby`)))
for (const [at, ws] of members.entries()) console.log(`member ${at + 1}: ${await ws.receive()}`)
for (const [at, ws] of members.entries()) await ws.send(`hello from member ${at + 1}`)
for (const [at, ws] of members.entries()) console.log(`member ${at + 1} hears: ${await ws.receive()}`)
for (const ws of members) await ws.close()
