#!/usr/bin/env node
// Plain JavaScript that any Node can read, so that an old one gets a sentence and not a syntax error.
const leastMajor = 24
const major = Number(process.versions.node.split('.')[0])
if (major < leastMajor) {
  console.error(`slipway-proxy needs Node ${leastMajor} or newer; this is Node ${process.versions.node}`)
  process.exit(1)
}
await import('../dist/main.js')
