// @ts-check
// Makes certificate.pem and key.pem for localhost in this folder, with the program openssl. They are for tests, because nobody trusts them.
import { execFileSync } from 'node:child_process'

const folder = process.argv[2] ?? import.meta.dirname

const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key.pem']
const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
execFileSync('openssl', ['req', '-x509', ...key, '-out', 'certificate.pem', '-days', '30', ...names], {
  cwd: folder,
  stdio: ['ignore', 'ignore', 'inherit'],
})
console.log(`made certificate.pem and key.pem in ${folder}`)
