// One vocabulary for what a session can end with: the words of the session, and the problem that "complete" answers with.
import { describe, expect, test } from 'vitest'
import { authorizationError, faultError, problemOf } from '#domain/connect/session-errors.ts'
import { type ErrorCode, ServiceError } from '#domain/errors.ts'

describe('the error of an authorization response', () => {
  test.each([
    'access_denied',
    'invalid_request',
    'unauthorized_client',
    'unsupported_response_type',
    'invalid_scope',
    'server_error',
    'temporarily_unavailable',
  ])('"%s" of RFC 6749 stays as it is', (error) => {
    expect(authorizationError(error)).toBe(error)
  })

  test.each(['', 'interaction_required', 'constructor', 'invalid_grant'])(
    '"%s" counts as a server error',
    (error) => {
      expect(authorizationError(error)).toBe('server_error')
    },
  )
})

describe('a fault during the exchange', () => {
  test.each<ErrorCode>([
    'storage_unavailable',
    'secret_unreadable',
    'kms_key_unavailable',
    'tenant_shredded',
  ])('is named: %s', (code) => {
    expect(faultError(new ServiceError(code, 'x'))).toBe(code)
  })

  test.each([new ServiceError('not_found', 'x'), new Error('storage_unavailable'), undefined])(
    'is a server error when it is %s',
    (thrown) => {
      expect(faultError(thrown)).toBe('server_error')
    },
  )
})

test.each([
  ['invalid_grant', 'grant_refused'],
  ['invalid_client', 'app_credentials_refused'],
  ['temporarily_unavailable', 'upstream_unreachable'],
  ['invalid_response', 'upstream_malformed'],
  ['workspace_unusable', 'upstream_malformed'],
  ['workspace_mismatch', 'workspace_mismatch'],
  ['tenant_limit_exceeded', 'tenant_limit_exceeded'],
  ['connection_gone', 'not_found'],
  ['tenant_suspended', 'tenant_suspended'],
  ['app_suspended', 'app_suspended'],
  ['storage_unavailable', 'storage_unavailable'],
  ['secret_unreadable', 'internal_error'],
  ['kms_key_unavailable', 'internal_error'],
  ['tenant_shredded', 'internal_error'],
  ['server_error', 'internal_error'],
] as const)('a session that failed with "%s" is answered with %s', (error, code) => {
  expect(problemOf(error).code).toBe(code)
})
