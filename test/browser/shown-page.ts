// A browser for the tests of a file, with a fresh page for each test, that shows answers of our functions.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Answer } from '#http/message/answer.ts'
import { launchBrowser } from './browser.ts'

const HOME = 'http://pages.test/'

export interface ShownPage {
  /** The page of the current test. */
  readonly page: Page
  /** Shows an answer of our function with its headers. */
  show(answer: Answer): Promise<void>
}

/** Called once by a file of tests. */
export function openShownPage(): ShownPage {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    await context?.close()
    context = await browser.newContext()
    page = await context.newPage()
  })
  return {
    get page() {
      return page
    },
    show: async ({ status, headers, body }) => {
      await page.route(`${HOME}**`, (route) =>
        route.fulfill({ status, headers: { ...headers }, body: String(body) }),
      )
      await page.goto(HOME)
    },
  }
}
