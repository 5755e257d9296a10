// The programs that the documentation's commands call and that no test can have: an AWS account, the CDK at work, a
// registry, a person at a browser. Each is a script on PATH that records how it was called; `words.ts` checks the calls.
// curl is the real one, but fails where the answer is an error; the npm scripts that are tools for operators run.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const RECORD = `{ printf '%s\\x1f' "\${0##*/}" "$@"; printf '\\x1e'; } >>"$CALLS"`

/** What a command of AWS says that others work with. */
const AWS = `case "$*" in
  *"OutputKey=='ApiUrl'"*) echo "$API_URL" ;;
  "configure export-credentials"*) echo "export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=example AWS_SESSION_TOKEN=example" ;;
  *"--output text"*) echo "arn-of-a-resource" ;;
esac`

/** The scripts of package.json that documentation may run for real, against the stack that it is given. */
const TOOLS = ['tenants']
const NPM = TOOLS.map(
  (tool) => `
args="$*"
case "$args" in
  "run ${tool} -- "*) shift 3; exec "$NODE" ${scriptFile(tool)} "$@" ;;
  "run --silent ${tool} -- "*) shift 4; exec "$NODE" ${scriptFile(tool)} "$@" ;;
esac`,
).join('\n')

const SCRIPTS: Readonly<Record<string, string>> = {
  aws: `${RECORD}\n${AWS}`,
  npm: `${RECORD}\n${NPM}`,
  npx: RECORD,
  git: RECORD,
  'apt-get': RECORD,
  curl: `exec ${execFileSync('which', ['curl'], { encoding: 'utf8' }).trim()} --fail-with-body "$@"`,
  // docs/deploy.md defines it, as a function; other pages only use it.
  operator: `exec curl -sS -H 'content-type: application/json' "$@"`,
  'xdg-open': `exec "$NODE" ${join(import.meta.dirname, 'person.ts')} "$@"`,
}

/** @returns reads the calls so far, each as the program's name and its arguments */
export function installStandIns(folder: string): () => string[][] {
  const calls = join(folder, '.calls')
  for (const [name, script] of Object.entries(SCRIPTS)) {
    const path = join(folder, name)
    writeFileSync(path, `#!/bin/bash\nCALLS='${calls}' NODE='${process.execPath}'\n${script}\n`)
    chmodSync(path, 0o755)
  }
  return () => {
    const records = existsSync(calls) ? readFileSync(calls, 'utf8').split('\x1e').slice(0, -1) : []
    return records.map((record) => record.split('\x1f').slice(0, -1))
  }
}

function scriptFile(name: string): string {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return join(ROOT, (scripts[name] ?? '').replace(/^node /, ''))
}
