// DynamoDB's numbers: decimal, up to 38 significant digits, from 1E-130 to 9.99…E+125. They travel as text.
import { refuse } from '../aws-error.ts'

const MAX_DIGITS = 38
const MAX_MAGNITUDE = 125
const MIN_MAGNITUDE = -130
/** Such texts are their own normal form, and JavaScript's numbers hold them exactly. */
const PLAIN = /^(0|-?[1-9]\d{0,14})$/
const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/

/** digits × 10^exponent */
interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

/**
 * The form in which DynamoDB gives a number back.
 * @throws AwsError ValidationException when it is no number, has more than 38 digits or is too large or small
 */
export function normalNumber(text: string): string {
  return PLAIN.test(text) ? text : format(parse(text))
}

export function compareNumbers(one: string, other: string): number {
  if (PLAIN.test(one) && PLAIN.test(other)) return Number(one) - Number(other)
  const [a, b] = aligned(parse(one), parse(other))
  return a < b ? -1 : a > b ? 1 : 0
}

/** @throws AwsError ValidationException when the sum has more than 38 digits or is too large */
export function sumOf(one: string, other: string, sign: 1 | -1 = 1): string {
  if (PLAIN.test(one) && PLAIN.test(other)) {
    const sum = Number(one) + sign * Number(other)
    if (Number.isSafeInteger(sum)) return normalNumber(String(sum))
  }
  const [first, second] = [parse(one), parse(other)]
  const [a, b] = aligned(first, second)
  const exponent = Math.min(first.exponent, second.exponent)
  return format(limited({ digits: a + BigInt(sign) * b, exponent }))
}

function parse(text: string): Decimal {
  const [, sign = '', whole = '', fraction = '', power = '0'] = DECIMAL.exec(text) ?? []
  if (whole === '' && fraction === '') {
    refuse(`The parameter cannot be converted to a numeric value: ${text}`)
  }
  const digits = BigInt(sign === '-' ? `-${whole}${fraction}` : `${whole}${fraction}`)
  return limited({ digits, exponent: Number(power) - fraction.length })
}

/** Without zeros at the end, and within DynamoDB's limits. */
function limited({ digits, exponent }: Decimal): Decimal {
  if (digits === 0n) return { digits, exponent: 0 }
  const text = String(digits)
  const significant = text.replace(/0+$/, '')
  const length = significant.length - (digits < 0n ? 1 : 0)
  const raised = exponent + text.length - significant.length
  const magnitude = raised + length - 1
  if (magnitude > MAX_MAGNITUDE) {
    refuse('Number overflow. Attempting to store a number with magnitude larger than supported range')
  }
  if (magnitude < MIN_MAGNITUDE) {
    refuse('Number underflow. Attempting to store a number with magnitude smaller than supported range')
  }
  if (length > MAX_DIGITS) refuse('Attempting to store more than 38 significant digits in a Number')
  return { digits: BigInt(significant), exponent: raised }
}

function aligned(one: Decimal, other: Decimal): readonly [bigint, bigint] {
  const exponent = Math.min(one.exponent, other.exponent)
  const scaled = (decimal: Decimal) => decimal.digits * 10n ** BigInt(decimal.exponent - exponent)
  return [scaled(one), scaled(other)]
}

/** In digits, never with an exponent. */
function format({ digits, exponent }: Decimal): string {
  if (exponent >= 0) return `${digits}${digits === 0n ? '' : '0'.repeat(exponent)}`
  const sign = digits < 0n ? '-' : ''
  const text = String(digits < 0n ? -digits : digits).padStart(1 - exponent, '0')
  return `${sign}${text.slice(0, exponent)}.${text.slice(exponent)}`
}
