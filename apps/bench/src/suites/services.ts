import { join } from 'node:path'
import type { Suite } from '../bench.ts'
import type { Contender } from '../figure.ts'
import { makeRandomFile } from './random-file.ts'
import { cephService } from './service-ceph.ts'
import { curlServices } from './service-curl.ts'
import { slipwayService } from './service-slipway.ts'
import { sizeText } from './size-text.ts'

export interface ServiceOptions {
  readonly file: string
  readonly copy: string
  readonly sizeBytes: number
}

/** A client with the server that it belongs to. */
export interface Service {
  readonly pushes: readonly Contender[]
  readonly pulls: readonly Contender[]
}

/** Whole services: a client's command, its protocol and its server, each as it is used. */
export const services: Suite = {
  name: 'services',
  about: 'clients with their servers: Slipway, S3 on Ceph, tus, Glance, WebDAV',
  async run(bench) {
    const sizeBytes = bench.profile.serviceBytes
    const options = { file: join(bench.folder, 'source.img'), copy: join(bench.folder, 'copy.img'), sizeBytes }
    await makeRandomFile(options.file, sizeBytes)
    const all: Service[] = [
      await slipwayService(bench, options),
      await cephService(bench, options),
      await curlServices(bench, options),
    ]
    const how = `${sizeText(sizeBytes)} of random bytes over loopback, from the command's start to its end; both files and the servers' stores on a RAM disk (Ceph: in its memory store).`
    return [
      {
        kind: 'comparison',
        id: 'push',
        title: 'Client and server together: upload',
        how: `${how} Only Slipway and the official client's way end with a SHA-256 that the server has compared.`,
        unit: 'GiB/s',
        subject: 'slipway → slipway-proxy',
        contenders: await bench.measure(all.flatMap(({ pushes }) => pushes)),
      },
      {
        kind: 'comparison',
        id: 'pull',
        title: 'Client and server together: download',
        how: `${how} Only Slipway ends with a SHA-256 of the whole file compared; rclone compares an MD5 where it has one.`,
        unit: 'GiB/s',
        subject: 'slipway ← slipway-proxy',
        contenders: await bench.measure(all.flatMap(({ pulls }) => pulls)),
      },
    ]
  },
}
