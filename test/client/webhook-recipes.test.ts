// The recipes of docs/webhooks.md verify what the service signs, and refuse what it did not. Each is run where its language is on the
// machine; the others are shown.
import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { epochSeconds } from '#domain/time.ts'
import { secretOf, signedHeaders } from '#domain/webhooks/signature.ts'
import { guides } from '../docs/pages.ts'
import { scratchFolder } from '../support/scratch.ts'

interface Given {
  readonly secret: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Language {
  readonly file: string
  readonly program: readonly [string, ...string[]]
  /** Reads the given as JSON from the file `given.json` and calls the recipe, which throws if it refuses. */
  readonly main: string
  /** Where the language wants a second file. */
  readonly mainFile?: string
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  js: {
    file: 'recipe.mjs',
    program: [process.execPath, 'recipe.mjs'],
    main: `import { readFileSync } from 'node:fs'
const given = JSON.parse(readFileSync('given.json', 'utf8'))
verify(given.secret, given.headers, given.body)`,
  },
  python: {
    file: 'recipe.py',
    program: ['python3', 'recipe.py'],
    main: `given = json.load(open("given.json", encoding="utf-8"))
verify(given["secret"], given["headers"], given["body"].encode())`,
  },
  go: {
    file: 'recipe.go',
    program: ['go', 'run', 'recipe.go', 'main.go'],
    mainFile: 'main.go',
    main: `package main

import (
	"encoding/json"
	"net/http"
	"os"
)

func main() {
	var given struct {
		Secret, Body string
		Headers      map[string]string
	}
	text, _ := os.ReadFile("given.json")
	if err := json.Unmarshal(text, &given); err != nil {
		panic(err)
	}
	headers := http.Header{}
	for name, value := range given.Headers {
		headers.Set(name, value)
	}
	if err := Verify(given.Secret, headers, []byte(given.Body)); err != nil {
		panic(err)
	}
}`,
  },
  php: {
    file: 'recipe.php',
    program: ['php', 'recipe.php'],
    main: `$given = json_decode(file_get_contents('given.json'), true);
verify($given['secret'], $given['headers'], $given['body']);`,
  },
  ruby: {
    file: 'recipe.rb',
    program: ['ruby', 'recipe.rb'],
    main: `given = JSON.parse(File.read('given.json'))
verify(given['secret'], given['headers'], given['body'])`,
  },
}

const page = guides.find(({ path }) => path === 'docs/webhooks.md')
const recipes = new Map(
  (page?.blocks ?? [])
    .filter(({ directive }) => directive?.text === 'test/client/webhook-recipes.test.ts')
    .map(({ language, text }) => [language, text]),
)
const isHere = ({ program: [name] }: Language) => spawnSync(name, ['--help']).error === undefined

const secrets = [secretOf(randomBytes(32)), secretOf(randomBytes(32))]
const body = '{"type":"connection.created","data":{"label":"Zoë’s shop"}}'

function given(ageSeconds = 0, change: Partial<Given> = {}): Given {
  const timestamp = epochSeconds(Date.now() / 1000 - ageSeconds)
  const headers = signedHeaders({ id: 'evt_1', timestamp, body }, secrets)
  return { secret: secrets[0]?.reveal() ?? '', headers, body, ...change }
}

test('there is a recipe for each language', () => {
  expect([...recipes.keys()]).toEqual(Object.keys(LANGUAGES))
})

describe.each(Object.entries(LANGUAGES))('the recipe in %s', (name, language) => {
  const folder = scratchFolder()
  const { file, program, main, mainFile } = language
  const recipe = recipes.get(name) ?? ''
  writeFileSync(join(folder, file), mainFile ? recipe : `${recipe}\n${main}\n`)
  if (mainFile) writeFileSync(join(folder, mainFile), main)
  const accepts = async (one: Given) => {
    writeFileSync(join(folder, 'given.json'), JSON.stringify(one))
    const [command, ...args] = program
    return promisify(execFile)(command, args, { cwd: folder }).then(
      () => true,
      () => false,
    )
  }

  test.skipIf(!isHere(language))(
    'accepts a genuine webhook, with either secret, and no other',
    async () => {
      expect(await accepts(given())).toBe(true)
      expect(await accepts(given(0, { secret: secrets[1]?.reveal() ?? '' }))).toBe(true)
      expect(await accepts(given(290))).toBe(true)
      expect(await accepts(given(310))).toBe(false)
      expect(await accepts(given(-310))).toBe(false)
      expect(await accepts(given(0, { secret: secretOf(randomBytes(32)).reveal() }))).toBe(false)
      expect(await accepts(given(0, { body: `${body} ` }))).toBe(false)
      const other = { ...given().headers, 'webhook-id': 'evt_2' }
      expect(await accepts(given(0, { headers: other }))).toBe(false)
    },
    180_000,
  )
})
