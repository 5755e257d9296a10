// The manage page in German.
import type { ManageTexts } from './texts-type.ts'

export const GERMAN: ManageTexts = {
  title: (product) => `ClickFunnels in ${product}`,
  account: (product) => `Die Verbindungen dieses Kontos bei ${product}`,
  none: 'Kein ClickFunnels-Workspace ist verbunden.',
  since: (date) => `seit ${date}`,
  workspace: 'ClickFunnels-Workspace',
  chip: { ok: 'Verbunden', reconnect: 'Zugriff verloren', wait: 'Neuer Versuch', ask_operator: 'Angehalten' },
  why: {
    suspended: 'Diese Verbindung wurde angehalten. Wenden Sie sich an den Support des Produkts.',
    revoked_at_provider: 'ClickFunnels gibt keinen Zugriff mehr auf diesen Workspace. Verbinden Sie ihn neu.',
    disconnected_by_provider: 'Die App wurde in ClickFunnels getrennt. Verbinden Sie den Workspace neu.',
    refresh_rejected: 'ClickFunnels hat den Zugriff auf diesen Workspace beendet. Verbinden Sie ihn neu.',
    answer_lost: 'Der Zugriff auf diesen Workspace ging verloren. Verbinden Sie ihn neu.',
    workspace_gone:
      'ClickFunnels hat diesen Workspace nicht mehr. Trennen Sie ihn, oder verbinden Sie einen anderen.',
    attempts_failing: 'ClickFunnels war mehrmals nicht zu erreichen. Wir versuchen es weiter.',
    events_refused:
      'ClickFunnels meldet mit diesem Zugriff seine Ereignisse nicht. Verbinden Sie neu, um das zu erlauben.',
    refused_once: 'ClickFunnels hat den Zugriff abgelehnt. Wir versuchen es in wenigen Minuten wieder.',
  },
  notes: {
    connected: 'Der Workspace ist verbunden.',
    denied: 'Nichts wurde verbunden: Der Zugriff wurde bei ClickFunnels nicht erlaubt.',
    other_workspace:
      'Nichts wurde geändert: Sie haben bei ClickFunnels einen anderen Workspace gewählt. Um neu zu verbinden, wählen Sie denselben. Einen anderen verbinden Sie als weiteren.',
    full: 'Nichts wurde verbunden: Das Produkt hat so viele Verbindungen, wie es haben darf. Wenden Sie sich an seinen Support.',
    expired: 'Nichts wurde verbunden: Es hat zu lange gedauert. Versuchen Sie es noch einmal.',
    failed: 'Das hat nicht geklappt. Versuchen Sie es noch einmal.',
  },
  reconnect: 'Neu verbinden',
  disconnect: 'Trennen',
  connect: 'ClickFunnels verbinden',
  another: 'Weiteren Workspace verbinden',
  older: 'Ältere Verbindungen',
  newest: 'Neueste Verbindungen',
  done: 'Fertig',
  ask: {
    title: (workspace) => `${workspace} trennen?`,
    says: (product) =>
      `${product} kann dann nicht mehr mit diesem Workspace arbeiten. Sie können ihn jederzeit neu verbinden.`,
    keep: 'Verbunden lassen',
  },
  toList: 'Zurück zur Liste',
  refusals: {
    unknown: {
      title: 'Diese Seite ist in diesem Browser nicht offen',
      explanation:
        'Der Link dieser Seite ist nicht gültig, sie wurde in einem anderen Browser geöffnet, oder dieser Browser behält keine Cookies.',
      remedy: 'Gehen Sie zurück zu dem Produkt, von dem Sie kommen, und öffnen Sie diese Seite von dort.',
    },
    used: {
      title: 'Dieser Link wurde schon benutzt',
      explanation: 'Jeder Link öffnet diese Seite einmal, in einem Browser. Diesmal wurde nichts geändert.',
      remedy: 'Gehen Sie zurück zum Produkt und öffnen Sie diese Seite von dort noch einmal.',
    },
    expired: {
      title: 'Diese Seite ist geschlossen',
      explanation:
        'Zu Ihrer Sicherheit ist sie eine halbe Stunde offen, oder bis Sie „Fertig“ drücken. Was Sie bis dahin getan haben, gilt.',
      remedy: 'Gehen Sie zurück zum Produkt und öffnen Sie diese Seite von dort noch einmal.',
    },
    suspended: {
      title: 'Diese Seite ist zurzeit nicht verfügbar',
      explanation:
        'Das Produkt, von dem Sie kommen, kann seine Verbindungen zu ClickFunnels zurzeit nicht verwalten. Nichts wurde geändert.',
      remedy: 'Wenden Sie sich an den Support des Produkts, oder versuchen Sie es später wieder.',
    },
    stale: {
      title: 'Diese Seite war veraltet',
      explanation: 'Sie wurde früher oder für ein anderes Konto geöffnet. Nichts wurde geändert.',
      remedy: 'Gehen Sie zurück zur Liste und wählen Sie noch einmal.',
    },
    limit: {
      title: 'Verbinden ist zurzeit nicht möglich',
      explanation:
        'Es gab zu viele Versuche in einer Minute, oder das Produkt hat so viele Verbindungen, wie es haben darf. Nichts wurde verbunden.',
      remedy:
        'Warten Sie eine Minute und versuchen Sie es noch einmal. Wenn das nicht hilft, wenden Sie sich an den Support des Produkts.',
    },
    fault: {
      title: 'Etwas ist schiefgegangen',
      explanation: 'Das Problem liegt bei uns, nicht bei Ihnen.',
      remedy:
        'Gehen Sie zurück zur Liste: Sie zeigt, was getan wurde. Wenn etwas fehlt, versuchen Sie es in einer Minute noch einmal.',
    },
  },
}
