import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What each peer needs on the machine, and what brings it on Debian. */
export const peerPrograms = {
  curl: { programs: ['curl'], install: 'apt-get install curl' },
  openssl: { programs: ['openssl'], install: 'apt-get install openssl' },
  sha256sum: { programs: ['sha256sum'], install: 'apt-get install coreutils' },
  nginx: { programs: ['nginx'], install: 'apt-get install nginx-light' },
  rclone: { programs: ['rclone'], install: 'apt-get install rclone' },
  awscli: { programs: ['aws'], install: 'apt-get install awscli' },
  'Ceph RGW': {
    programs: ['ceph-mon', 'ceph-osd', 'ceph', 'monmaptool', 'radosgw', 'radosgw-admin', 'rclone'],
    install: 'apt-get install --no-install-recommends ceph-mon ceph-osd radosgw ceph-common rclone',
  },
  Glance: {
    programs: ['glance-api', 'glance-manage'],
    install: 'apt-get install --no-install-recommends glance-api',
  },
} as const satisfies Record<string, { programs: readonly string[]; install: string }>

export type PeerName = keyof typeof peerPrograms

/** @returns the programs of this peer that are not on the path */
export function missingPrograms(peer: PeerName, path = process.env.PATH ?? ''): readonly string[] {
  const folders = path.split(delimiter)
  return peerPrograms[peer].programs.filter((program) => !folders.some((folder) => isExecutable(join(folder, program))))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
