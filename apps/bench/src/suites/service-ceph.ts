import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { cephKeys, rcloneEnv, rcloneRemote, startCeph } from '../peers/ceph.ts'
import { runCommand } from '../peers/run-command.ts'
import { commandContender } from './command-contender.ts'
import type { Service, ServiceOptions } from './services.ts'

const awsEnv = {
  AWS_ACCESS_KEY_ID: cephKeys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: cephKeys.secretAccessKey,
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  // Ceph of Debian's age does not know the newer clients' checksums.
  AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
  AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required',
}

/** The two S3 clients that people use, with their usual settings, and a Ceph object store. */
export async function cephService(bench: Bench, { file, copy, sizeBytes }: ServiceOptions): Promise<Service> {
  const ceph = await bench.start('Ceph RGW', () => startCeph(join(bench.folder, 'ceph')))
  if (!ceph) return { pushes: [], pulls: [] }
  const remote = `${rcloneRemote(ceph.url)}${ceph.bucket}`
  const clients = [
    {
      peer: 'rclone',
      env: rcloneEnv(),
      push: (key: string) => ['rclone', 'copyto', file, `${remote}/${key}`],
      pull: (key: string) => ['rclone', 'copyto', '--ignore-times', `${remote}/${key}`, copy],
    },
    {
      peer: 'awscli',
      env: awsEnv,
      push: (key: string) => aws(ceph.url, file, `s3://${ceph.bucket}/${key}`),
      pull: (key: string) => aws(ceph.url, `s3://${ceph.bucket}/${key}`, copy),
    },
  ] as const
  const present = clients.filter(({ peer }) => bench.has(peer))
  for (const { peer, env, push } of present) await runCommand(push(`kept-${peer}`), env)
  return {
    pushes: present.map(({ peer, env, push }) => {
      // The object goes after each run: rclone sends nothing to where the same file already is.
      const after = async () => void (await runCommand(['rclone', 'deletefile', `${remote}/${peer}`], rcloneEnv()))
      return commandContender({ name: `${peer} → Ceph RGW`, role: 'peer', command: push(peer), env, sizeBytes, after })
    }),
    pulls: present.map(({ peer, env, pull }) =>
      commandContender({ name: `${peer} ← Ceph RGW`, role: 'peer', command: pull(`kept-${peer}`), env, sizeBytes }),
    ),
  }
}

function aws(url: string, from: string, to: string): readonly string[] {
  return ['aws', '--endpoint-url', url, 's3', 'cp', '--quiet', from, to]
}
