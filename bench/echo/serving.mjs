// What every echo server of this benchmark has in common: it says its port, its CPU time on request, and ends with its parent.

export function serving(port) {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send({ cpu: user + system })
  })
  process.on('disconnect', () => process.exit())
  process.send({ port })
}
