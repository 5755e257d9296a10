// What the elements have in common.

// Servers have no HTMLElement, but may import the elements.
export const Base = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement)

/** A shadow root with a style sheet. It is not a <style>, which a page's Content-Security-Policy may forbid. */
export function shadowOf(element: HTMLElement, style: string): ShadowRoot {
  const root = element.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  root.adoptedStyleSheets = [sheet]
  return root
}
