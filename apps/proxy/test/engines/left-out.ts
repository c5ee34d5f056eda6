/** Vitest's global set-up: the end of the output says which tests this run could not hold, and how to get them. */
export default function setUp(): void {
  const leftOut =
    process.env.SLIPWAY_TEST_STORAGE === 's3'
      ? 'apps/proxy/test/files: they are about files, and run with `pnpm test`'
      : 'the service suite on an S3 store: `pnpm test:engines` runs it with Ceph (Debian: ceph-mon ceph-osd radosgw ceph-common)'
  process.on('exit', () => process.stdout.write(`left out: ${leftOut}\n`))
}
