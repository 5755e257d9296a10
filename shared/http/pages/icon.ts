// The icon of our pages in a browser's tab: two marks joined by a line, in a data URL, so that a page loads nothing.
const DRAWING =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M8 16h16" stroke="#515c6b" stroke-width="3"/><rect x="1" y="9" width="14" height="14" rx="4" fill="#1c5fd4"/><rect x="18.500" y="10.500" width="11" height="11" rx="3" fill="#fff" stroke="#515c6b" stroke-width="3"/></svg>'

export const ICON = `data:image/svg+xml,${encodeURIComponent(DRAWING)}`
