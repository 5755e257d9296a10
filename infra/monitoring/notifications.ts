// Whom an alarm wakes. A page is for now, a ticket for working hours. The operator gives an e-mail address, or topics of
// their own that lead to a pager; without either, the topics exist and nobody is subscribed.
import { CfnCondition, CfnParameter, Fn, type Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSubscription, type ITopic, Topic } from 'aws-cdk-lib/aws-sns'

/** page: wakes a person. ticket: is read in working hours. */
export type Severity = 'page' | 'ticket'

export interface Notifications {
  readonly topics: Readonly<Record<Severity, ITopic>>
  /** The runbook's URL, without a section. */
  readonly runbookUrl: string
}

const OWN = 'own'
const TOPIC_ARN = `^(${OWN}|arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256})$`

export function createNotifications(stack: Stack): Notifications {
  const email = new CfnParameter(stack, 'AlarmEmail', {
    description:
      'E-mail address that gets all alarms. AWS sends it a mail to confirm first. Empty means no mail.',
    default: '',
    allowedPattern: '^([^@\\s]+@[^@\\s]+[.][^@\\s]+)?$',
  })
  const runbookUrl = new CfnParameter(stack, 'RunbookUrl', {
    description:
      "URL at which your operators read docs/runbook.md. Each alarm's description adds its section.",
    default: 'docs/runbook.md',
    allowedPattern: '^(docs/runbook[.]md|https://[^\\s#]+)$',
  }).valueAsString
  const hasEmail = new CfnCondition(stack, 'HasAlarmEmail', {
    expression: Fn.conditionNot(Fn.conditionEquals(email, '')),
  })
  const topic = (severity: Severity, name: string, whatFor: string) =>
    topicOf(stack, severity, name, whatFor, email, hasEmail)
  return {
    topics: {
      page: topic('page', 'PageTopic', 'alarms that cannot wait'),
      ticket: topic('ticket', 'TicketTopic', 'alarms that can wait until morning'),
    },
    runbookUrl,
  }
}

/** The operator's topic, or ours with the e-mail address as its subscriber. */
function topicOf(
  stack: Stack,
  severity: Severity,
  name: string,
  whatFor: string,
  email: CfnParameter,
  hasEmail: CfnCondition,
): ITopic {
  const given = new CfnParameter(stack, `${name}Arn`, {
    description: `ARN of an SNS topic of yours for ${whatFor}. Its policy has to allow cloudwatch.amazonaws.com to publish. "${OWN}" means a topic of this stack.`,
    default: OWN,
    allowedPattern: TOPIC_ARN,
  }).valueAsString
  const ours = new Topic(stack, name, { displayName: `Funnel Connect ${severity}`, enforceSSL: true })
  ours.addToResourcePolicy(
    new PolicyStatement({
      actions: ['sns:Publish'],
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      resources: [ours.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  )
  const mail = new CfnSubscription(stack, `${name}Mail`, {
    topicArn: ours.topicArn,
    protocol: 'email',
    endpoint: email.valueAsString,
  })
  mail.cfnOptions.condition = hasEmail
  const isGiven = new CfnCondition(stack, `Has${name}Arn`, {
    expression: Fn.conditionNot(Fn.conditionEquals(given, OWN)),
  })
  const arn = Fn.conditionIf(isGiven.logicalId, given, ours.topicArn).toString()
  return Topic.fromTopicArn(stack, `${name}ToUse`, arn)
}
