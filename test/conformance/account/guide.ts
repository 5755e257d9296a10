// The commands of docs/deploy.md, in the order in which the page prints them.
import { guides } from '../../docs/pages.ts'

export function commandsOf(path: string): readonly string[] {
  const page = guides.find((one) => one.path === path)
  if (page === undefined) throw new Error(`There is no ${path}`)
  return page.blocks.filter(({ language }) => language === 'sh').map(({ text }) => text)
}

/** The README's journey, which test/journey/readme.test.ts runs against the local stack. */
export function readmeJourney(apiUrl: string, simulatorUrl: string): string {
  const readme = guides.find((one) => one.path === 'README.md')
  const block = readme?.blocks.find(({ directive }) => directive?.text === 'test/journey/readme.test.ts')
  if (block === undefined) throw new Error('README.md has no journey')
  return block.text.replace('http://127.0.0.1:4600', apiUrl).replace('http://127.0.0.1:4601', simulatorUrl)
}
