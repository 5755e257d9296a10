// Whether a role's policies allow a call, as IAM decides it: an explicit denial wins, then an allowance is needed ("Policy
// evaluation logic" in the IAM user guide). Only what our policies use is known; anything else is an error, not a guess.

export interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | boolean | readonly string[]>>>
  >
}

export interface Call {
  /** "dynamodb:GetItem". */
  readonly action: string
  /** An ARN. */
  readonly resource: string
  /** Condition keys of the call: "dynamodb:LeadingKeys", "kms:EncryptionContext:purpose". */
  readonly context: Readonly<Record<string, readonly string[]>>
}

export function isAllowed(statements: readonly Statement[], call: Call): boolean {
  const matching = statements.filter((statement) => matches(statement, call))
  return (
    matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny')
  )
}

function matches(
  { Action, Resource, Condition = {} }: Statement,
  { action, resource, context }: Call,
): boolean {
  return (
    [Action].flat().some((pattern) => isLike(action, pattern)) &&
    [Resource].flat().some((pattern) => isLike(resource, pattern)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) =>
        holds(operator, context[key], [wanted].flat().map(String)),
      ),
    )
  )
}

/** @throws Error for an operator that our policies do not use */
function holds(operator: string, values: readonly string[] | undefined, wanted: readonly string[]): boolean {
  const like = (value: string) => wanted.some((pattern) => isLike(value, pattern))
  switch (operator) {
    case 'StringEquals':
      return values?.length === 1 && values.every((value) => wanted.includes(value))
    // True where the call has no such key, too: "Null" has to stand beside it.
    case 'ForAllValues:StringLike':
      return (values ?? []).every(like)
    case 'ForAllValues:StringEquals':
      return (values ?? []).every((value) => wanted.includes(value))
    case 'ForAnyValue:StringLike':
      return (values ?? []).some(like)
    case 'Null':
      return wanted.includes(String(values === undefined))
    default:
      throw new Error(`The local evaluation of policies does not know the operator "${operator}"`)
  }
}

/** `*` stands for any characters, `?` for one. */
function isLike(value: string, pattern: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(value)
}
