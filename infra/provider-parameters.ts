// The parameters that say where ClickFunnels is. Parameters and not context, so that a deployment changes its provider
// without being synthesized anew. What a function would refuse when it starts (adapters/clickfunnels/profiles.ts) is
// refused at deployment, before anything is changed.
import { CfnParameter, type CfnParameterProps, CfnRule, Fn, type Stack } from 'aws-cdk-lib'

/** Plain http is for loopback only, because tokens and client secrets are sent to these URLs. */
const LOOPBACK = 'http://(localhost|127[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3})'
const REST = '(:[1-9][0-9]{0,4})?(/[^#\\s]*)?'
const ACCOUNTS_URL = `^((https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|${LOOPBACK})${REST})?$`
const API_URL = `^((https://[A-Za-z0-9{]([A-Za-z0-9.{}-]*[A-Za-z0-9])?|${LOOPBACK})${REST})?$`

const HOST = '([*][.])?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[1-9][0-9]{0,4})?'
const HOSTS = `^( *(${HOST})? *,)* *(${HOST})? *$`

/** Adds the parameters to a stack. Returns what the functions' environment variables of the same meaning get. */
export function providerParameters(stack: Stack) {
  const parameter = (name: string, description: string, props: CfnParameterProps = {}) =>
    new CfnParameter(stack, name, { description, default: '', ...props }).valueAsString
  const url = (name: string, description: string, allowedPattern: string) =>
    parameter(name, description, {
      allowedPattern,
      constraintDescription: 'must be empty or an https URL (http for 127.0.0.1 and localhost only)',
    })
  const profile = parameter('ClickFunnelsProfile', 'Where ClickFunnels is', {
    default: 'clickfunnels',
    allowedValues: ['clickfunnels', 'seed', 'custom'],
  })
  const accountsUrl = url(
    'ClickFunnelsAccountsUrl',
    'Profile "custom": origin of the accounts host',
    ACCOUNTS_URL,
  )
  new CfnRule(stack, 'CustomProfileHasAccountsUrl', {
    ruleCondition: Fn.conditionEquals(profile, 'custom'),
    assertions: [
      {
        assert: Fn.conditionNot(Fn.conditionEquals(accountsUrl, '')),
        assertDescription: 'ClickFunnelsProfile "custom" needs ClickFunnelsAccountsUrl',
      },
    ],
  })
  return {
    CLICKFUNNELS_PROFILE: profile,
    CLICKFUNNELS_ACCOUNTS_URL: accountsUrl,
    CLICKFUNNELS_API_URL: url(
      'ClickFunnelsApiUrl',
      'Profile "custom": base of the API; may hold {subdomain}',
      API_URL,
    ),
    CLICKFUNNELS_WORKSPACE_HOSTS: parameter(
      'ClickFunnelsWorkspaceHosts',
      'Profile "custom": comma separated hosts that a workspace may have, such as *.example.com',
      {
        allowedPattern: HOSTS,
        constraintDescription: 'must be empty or hosts without scheme and path, separated by commas',
      },
    ),
  }
}
