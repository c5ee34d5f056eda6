import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'

/** How fast a disk takes bytes for good: `node disk-write.js FILE BYTES`, and it prints seconds. The file is gone again. */
const [file = '', size = '0'] = process.argv.slice(2)
const buffer = Buffer.alloc(1024 * 1024, 0xa5)
const startedAt = performance.now()
const descriptor = openSync(file, 'w')
for (let written = 0; written < Number(size); written += buffer.length) writeSync(descriptor, buffer)
fsyncSync(descriptor)
closeSync(descriptor)
process.stdout.write(`${(performance.now() - startedAt) / 1000}\n`)
rmSync(file)
