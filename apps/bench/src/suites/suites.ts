import type { Suite } from '../bench.ts'
import { cli } from './cli.ts'
import { clients } from './clients.ts'
import { control } from './control.ts'
import { download } from './download.ts'
import { egress } from './egress.ts'
import { growth } from './growth.ts'
import { ingest } from './ingest.ts'
import { limits } from './limits.ts'
import { memory } from './memory.ts'
import { services } from './services.ts'
import { upload } from './upload.ts'

/** In the order of the report. */
export const suites: readonly Suite[] = [
  limits,
  upload,
  download,
  services,
  ingest,
  egress,
  clients,
  control,
  growth,
  memory,
  cli,
]
