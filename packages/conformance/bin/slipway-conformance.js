#!/usr/bin/env node
// Plain JavaScript that old versions of Node can read too, so that they get this line and not a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `slipway-conformance needs Node.js 22.19 or newer; this is ${process.versions.node}. Get it from https://nodejs.org\n`,
  )
  process.exitCode = 2
} else {
  const { main } = await import('../dist/main.js')
  process.exitCode = await main(process.argv.slice(2))
}
