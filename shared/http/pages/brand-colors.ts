// Makes a tenant's colour readable. Whatever the colour, what is drawn in it and on it has the contrast of WCAG 2.2 AA
// (1.4.3: 4.5 for text; 1.4.11: 3 for controls), on light paper and on dark.

type Rgb = readonly [number, number, number]

const BLACK: Rgb = [0, 0, 0]
const WHITE: Rgb = [255, 255, 255]

/** The backgrounds of style.ts. Each scheme has two (page and card); here is the one with less contrast. */
const LIGHT_PAPER: Rgb = [0xf4, 0xf5, 0xf7]
const DARK_PAPER: Rgb = [0x1a, 0x21, 0x2b]

const TEXT_CONTRAST = 4.5
const CONTROL_CONTRAST = 3
const STEPS = 25

export interface Palette {
  /** Buttons and marks. */
  readonly accent: string
  readonly onAccent: string
  /** Links. */
  readonly link: string
}

/** @param color "#rrggbb" */
export function palettes(color: string): { readonly light: Palette; readonly dark: Palette } {
  const rgb = parse(color)
  return { light: palette(rgb, LIGHT_PAPER, BLACK), dark: palette(rgb, DARK_PAPER, WHITE) }
}

/** The contrast ratio that WCAG defines, from 1 to 21. */
export function contrast(one: string, other: string): number {
  return ratio(parse(one), parse(other))
}

function palette(color: Rgb, paper: Rgb, ink: Rgb): Palette {
  const accent = readable(color, paper, ink, CONTROL_CONTRAST)
  const onAccent = ratio(accent, WHITE) >= ratio(accent, BLACK) ? WHITE : BLACK
  return {
    accent: hex(accent),
    onAccent: hex(onAccent),
    link: hex(readable(color, paper, ink, TEXT_CONTRAST)),
  }
}

/** The colour with just enough ink mixed in to reach the contrast. */
function readable(color: Rgb, paper: Rgb, ink: Rgb, least: number): Rgb {
  for (let step = 0; step < STEPS; step++) {
    const mixed = mix(color, ink, step / STEPS)
    if (ratio(mixed, paper) >= least) return mixed
  }
  return ink
}

function mix(one: Rgb, other: Rgb, share: number): Rgb {
  const at = (i: 0 | 1 | 2) => Math.round(one[i] * (1 - share) + other[i] * share)
  return [at(0), at(1), at(2)]
}

function ratio(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

function linear(channel: number): number {
  const value = channel / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

function parse(color: string): Rgb {
  const at = (start: number) => Number.parseInt(color.slice(start, start + 2), 16)
  return [at(1), at(3), at(5)]
}

function hex(rgb: Rgb): string {
  return `#${rgb.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}
