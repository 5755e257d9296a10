// Token answers with one odd member each, as a provider might send them. The tokens in them work.

export interface OddAnswer {
  readonly about: string
  readonly set?: Readonly<Record<string, unknown>>
  readonly remove?: readonly string[]
  readonly status?: number
}

const odd = (member: string, ...values: readonly unknown[]): readonly OddAnswer[] =>
  values.map((value) => ({ about: `${member} is ${JSON.stringify(value)}`, set: { [member]: value } }))

/** 31 answers. In the last two, the next refresh token cannot be read. */
export const ODD_TOKEN_ANSWERS: readonly OddAnswer[] = [
  { about: 'no token_type', remove: ['token_type'] },
  ...odd('token_type', null, 7, 'mac', 'DPoP'),
  { about: 'no expires_in', remove: ['expires_in'] },
  ...odd('expires_in', null, 'soon', -1, 0, 1, 1e13, 1e300, [7200], true, '7200', 7200.9),
  ...odd('scope', ['admin', 'read'], 7, { a: 1 }, ' admin  read '),
  ...odd('workspace_id', {}, 1e300),
  ...odd('created_at', 'today'),
  { about: 'unknown members', set: { id_token: 7, authorization_details: 'x' } },
  { about: 'an error beside the tokens', set: { error: 'invalid_grant' } },
  { about: 'status 201', status: 201 },
  { about: 'status 202', status: 202 },
  { about: 'status 206', status: 206 },
  ...odd('refresh_token', 7, {}),
]
