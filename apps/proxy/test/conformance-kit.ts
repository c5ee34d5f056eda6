import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { TestServer } from './test-server.ts'

/** A program of its own, as anybody would run it: `pnpm build` makes it. */
const bin = fileURLToPath(new URL('../../../packages/conformance/bin/slipway-conformance.js', import.meta.url))

/** Puts the whole contract to a server, and holds it to every sentence. */
export async function expectConformance(server: TestServer): Promise<void> {
  const env = {
    ...process.env,
    SLIPWAY_API_URL: server.url,
    SLIPWAY_TOKEN: await server.token(),
    SLIPWAY_SECOND_TOKEN: await server.token({ account: 'second' }),
    SLIPWAY_READER_TOKEN: await server.token({ role: 'reader' }),
  }
  const report = await new Promise<string>((resolve) => {
    const args = [bin, '--safety', 'destructive', '--quiet', '--timeout', '120']
    execFile(process.execPath, args, { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve(`exit ${error ? error.code : 0}\n${stdout}${stderr}`),
    )
  })
  expect(report).toMatch(/^exit 0\n/)
  console.log(report.split('\n').find((line) => /^\d+ passed|^(all|total)\b/.test(line)) ?? '')
}
