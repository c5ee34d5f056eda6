import { type CommandDefinition, defineCommand } from '../command.ts'
import { concurrencyOption, jsonOption, quietOption, refPositional, workspaceOption } from './shared-options.ts'

/** What moves bytes. */
export const transferCommands: readonly CommandDefinition[] = [
  defineCommand({
    path: ['images', 'upload'],
    alias: 'upload',
    summary: 'Upload a disk image',
    details: [
      'FILE is looked at first: what is odd about it is a warning, or with --strict the end. Nothing is created on the ' +
        'server before. Given again after an interruption, the same command sends only what the server does not hold.',
      'With --if-exists replace the old image is deleted just before the new one is created; an unfinished one of the ' +
        'same name is gone on with, unless --no-resume discards it. With skip-if-same, FILE is hashed when an image has ' +
        'its name, and nothing is sent when they are the same.',
    ],
    positionals: [
      { name: 'FILE', summary: 'The disk image: 1 byte to 128 GiB; - reads standard input', completes: 'file' },
    ],
    options: {
      name: { kind: 'text', value: 'NAME', summary: 'Its name in the workspace (default: one is made up)' },
      workspace: workspaceOption,
      'if-exists': {
        kind: 'choice',
        value: 'WHAT',
        choices: ['resume', 'fail', 'replace', 'skip-if-same'],
        summary:
          'When an image has the name: resume an unfinished upload and refuse a finished one (the default), fail, ' +
          'replace, or skip-if-same',
      },
      resume: { kind: 'flag', summary: 'Go on with an unfinished upload: the default, said aloud' },
      'no-resume': { kind: 'flag', summary: 'Begin anew' },
      decompress: { kind: 'flag', summary: 'Unpack gzip, zstd or xz on the way, and upload what comes out' },
      strict: { kind: 'flag', summary: 'Stop at what would be a warning' },
      concurrency: concurrencyOption,
      'part-size': { kind: 'size', value: 'SIZE', summary: 'Size of a part, such as 64MiB (default: chosen by size)' },
      json: { ...jsonOption, summary: 'Print JSON: the result on stdout, progress on stderr' },
      quiet: quietOption,
    },
    examples: [
      ['slipway images upload disk.img --name ubuntu-24.04', 'upload under a name'],
      ['id=$(slipway images upload disk.img --quiet)', 'keep the id for a script'],
      ['slipway upload disk.img.zst --decompress --name ubuntu', 'unpack on the way'],
      ['qemu-img convert -O raw vm.qcow2 /dev/stdout | slipway upload - --name vm', 'from another program'],
      ['slipway upload disk.img --name nightly --if-exists skip-if-same', 'in a job that runs again and again'],
    ],
    load: () => import('./images-upload.ts'),
  }),
  defineCommand({
    path: ['images', 'download'],
    alias: 'download',
    summary: 'Download an image and verify it',
    positionals: [
      refPositional,
      { name: 'FILE', summary: 'Where to put it; - writes to standard output', completes: 'file' },
    ],
    options: {
      force: { kind: 'flag', short: 'f', summary: 'Overwrite FILE if it is there' },
      concurrency: concurrencyOption,
      json: jsonOption,
      quiet: { ...quietOption, summary: 'Print nothing but errors' },
    },
    examples: [
      ['slipway images download ubuntu-24.04 disk.img', 'fetch by name'],
      ['slipway download ubuntu-24.04 - | zstd > disk.img.zst', 'into another program'],
    ],
    load: () => import('./images-download.ts'),
  }),
  defineCommand({
    path: ['images', 'resume'],
    summary: 'Go on with an unfinished upload, from any machine that has the file',
    positionals: [
      refPositional,
      { name: 'FILE', summary: 'The same disk image; - reads standard input', completes: 'file' },
    ],
    options: {
      decompress: { kind: 'flag', summary: 'Unpack gzip, zstd or xz on the way' },
      concurrency: concurrencyOption,
      json: { ...jsonOption, summary: 'Print JSON: the result on stdout, progress on stderr' },
      quiet: quietOption,
    },
    examples: [['slipway images resume ubuntu-24.04 disk.img', 'what the server holds is not sent again']],
    load: () => import('./images-resume.ts'),
  }),
  defineCommand({
    path: ['images', 'abort'],
    summary: 'Discard an unfinished upload, here and on the server',
    positionals: [refPositional],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print nothing' } },
    examples: [['slipway images abort ubuntu-24.04', 'begin anew afterwards']],
    load: () => import('./images-abort.ts'),
  }),
  defineCommand({
    path: ['images', 'verify'],
    summary: 'Compare FILE, or all that the server holds, with the digest of an image',
    details: ['Exits with 7 when they differ. Without FILE, every byte is downloaded and none is kept.'],
    positionals: [
      refPositional,
      { name: 'FILE', summary: 'A local copy; - reads standard input', isOptional: true, completes: 'file' },
    ],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print nothing but errors' } },
    examples: [
      ['slipway images verify ubuntu-24.04 disk.img', 'is my copy the same?'],
      ['slipway images verify ubuntu-24.04', 'does the server still have it whole?'],
    ],
    load: () => import('./images-verify.ts'),
  }),
]
