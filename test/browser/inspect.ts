// Checks a page with axe-core and for its width, on a phone in light and a desktop in dark. With SCREENSHOTS set to a
// folder, it saves screenshots of both sizes in both schemes there.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const VIEWS = [
  { name: 'phone-light', colorScheme: 'light', width: 360, height: 740 },
  { name: 'desktop-dark', colorScheme: 'dark', width: 1280, height: 800 },
] as const
const MORE_PICTURES = [
  { name: 'phone-dark', colorScheme: 'dark', width: 360, height: 740 },
  { name: 'desktop-light', colorScheme: 'light', width: 1280, height: 800 },
] as const

const folder = process.env.SCREENSHOTS
if (folder !== undefined) mkdirSync(folder, { recursive: true })

export async function inspect(page: Page, name: string): Promise<void> {
  for (const view of VIEWS) {
    await look(page, view)
    if (folder !== undefined) await picture(page, folder, `${name}-${view.name}`)
    const where = `${name}, ${view.name}`
    expect(await seriousFindings(page), where).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth'), where).toBeLessThanOrEqual(view.width)
  }
  if (folder === undefined) return
  for (const view of MORE_PICTURES) {
    await look(page, view)
    await picture(page, folder, `${name}-${view.name}`)
  }
}

type View = (typeof VIEWS)[number] | (typeof MORE_PICTURES)[number]

async function look(page: Page, { width, height, colorScheme }: View): Promise<void> {
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
}

async function picture(page: Page, into: string, name: string): Promise<void> {
  await page.screenshot({ path: join(into, `${name}.png`), fullPage: true })
}

/** Serious and critical findings, as one line each. */
async function seriousFindings(page: Page): Promise<string[]> {
  // Evaluated, not added as a script, because the pages' policies allow no script.
  await page.evaluate(axe.source)
  const violations = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  )) as axe.Result[]
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`)
}
