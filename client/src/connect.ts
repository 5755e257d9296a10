// Connects from a page, by redirect or in a popup.
import { waitForOutcome } from './await-outcome.ts'
import type { BrowserWindow } from './browser.ts'
import { POPUP_MARK, SOURCE } from './return.ts'
import type { ConnectOptions, ConnectOutcome, SessionPorts } from './sessions.ts'

export async function connect(
  page: BrowserWindow,
  ports: SessionPorts,
  options: ConnectOptions,
): Promise<ConnectOutcome> {
  const { popup: wanted, onPopupGone, signal, ...request } = options
  const look = typeof wanted === 'object' ? wanted : {}
  // Before the first await, because browsers let only the click itself open a window.
  const popup = wanted ? page.open('', SOURCE, look.features ?? centeredOn(page)) : null
  popup?.focus()
  const returnUrl = new URL(
    (popup && look.return_url) || request.return_url || page.location.href,
    page.location.href,
  )
  returnUrl.hash = ''
  if (popup) returnUrl.searchParams.set(POPUP_MARK, '1')
  try {
    const session = await ports.sessions.create({ ...request, return_url: returnUrl.href }, { signal })
    if (popup === null) {
      page.location.assign(session.connect_url)
      return { status: 'redirecting' }
    }
    popup.location.replace(session.connect_url)
    return await waitForOutcome(page, ports, session.id, { signal, popup, onPopupGone })
  } catch (error) {
    popup?.close()
    throw error
  }
}

function centeredOn({ screenX, screenY, outerWidth, outerHeight }: BrowserWindow): string {
  const [width, height] = [560, 720]
  const left = Math.round(screenX + (outerWidth - width) / 2)
  const top = Math.round(screenY + (outerHeight - height) / 2)
  return `popup,width=${width},height=${height},left=${left},top=${top}`
}
