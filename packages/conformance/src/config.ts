/** The one reader of the environment, called by the command alone: importing the library reads nothing. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env
}
