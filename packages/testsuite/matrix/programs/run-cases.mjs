/**
 * The loop of every client testee: asks for the number of cases, runs each, asks for the report. `visit` connects, echoes messages on
 * `/runCase`, calls back for each message, and resolves when the connection has ended.
 */
export async function runCases(url, agent, visit) {
  let count = 0
  await visit(`${url}/getCaseCount`, text => {
    count = Number(text)
  })
  const name = encodeURIComponent(agent)
  let next = 1
  // Several cases at once, so that pauses do not add up; the fuzzing server runs cases that measure time alone.
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (next <= count) await visit(`${url}/runCase?case=${next++}&agent=${name}`, () => {})
    }),
  )
  await visit(`${url}/updateReports?agent=${name}`, () => {})
}
