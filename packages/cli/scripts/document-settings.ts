/** What the commands themselves do not say: the variables and files that they look at. */
export const environmentVariables: readonly (readonly [name: string, meaning: string])[] = [
  ['SLIPWAY_API_URL', 'the API to talk to'],
  ['SLIPWAY_TOKEN', 'the API token'],
  ['SLIPWAY_PROFILE', 'the profile of the configuration file'],
  [
    'SF_API_KEY, SF_BEARER_TOKEN',
    "a token of SF Compute, used when there is no other, and sent to SF Compute's hosts only",
  ],
  ['XDG_CONFIG_HOME', 'the folder of slipway/config.json (default: ~/.config)'],
  ['XDG_STATE_HOME', 'the folder of slipway/uploads, the notes of unfinished uploads (default: ~/.local/state)'],
  ['TMPDIR', 'the folder in which uploads from standard input wait for the server'],
  ['NO_COLOR, FORCE_COLOR', 'never, or always, colour'],
  ['CI, TERM=dumb', 'no live progress: a plain line now and then'],
]

export const files: readonly (readonly [path: string, meaning: string])[] = [
  ['~/.config/slipway/config.json', 'profiles: API URLs and tokens; refused when others can read it'],
  ['~/.local/state/slipway/uploads/', 'notes of unfinished uploads: a few KiB each, without tokens'],
  ['~/.sfcompute/config', "the login of SF Compute's own tool, used when there is no other token"],
]
