// Our pages in German. They say "Sie".
import type { PageTexts } from './texts-type.ts'

export const GERMAN: PageTexts = {
  language: 'de',
  confirm: {
    title: (product) => `ClickFunnels mit ${product} verbinden?`,
    access: (product) => `${product} bittet um Zugriff auf einen Ihrer ClickFunnels-Workspaces.`,
    account: (product) => `Mit diesem Konto bei ${product}`,
    choice: (product) => `${product} nutzt einen Workspace, den Sie bei ClickFunnels wählen.`,
    work: (product) => `${product} arbeitet mit dessen Inhalt, auch mit Funnels und Kontakten.`,
    shared: (product) => `Wer sich bei diesem Konto anmelden kann, arbeitet über ${product} damit.`,
    go: 'Weiter zu ClickFunnels',
    notYou: 'Nicht Sie? Hier abbrechen',
    warning: 'Hat Ihnen jemand diesen Link geschickt, brechen Sie hier ab.',
    cookies:
      'Ihr Browser hat das Cookie nicht gesendet, das diese Seite braucht. Erlauben Sie Cookies für diese Website und wählen Sie noch einmal.',
  },
  refusals: {
    unknown: {
      title: 'Dieser Link ist nicht gültig',
      explanation:
        'Vielleicht ist er abgelaufen oder unvollständig, oder er wurde schon verwendet. Diesmal wurde nichts verbunden.',
      remedy:
        'Gehen Sie zurück zu dem Produkt, von dem Sie kommen. Ist ClickFunnels dort nicht verbunden, starten Sie die Verbindung noch einmal.',
    },
    used: {
      title: 'Dieser Link wurde schon verwendet',
      explanation: 'Jeder Link funktioniert nur einmal. Diesmal wurde nichts verbunden.',
      remedy:
        'Gehen Sie zurück zu dem Produkt, von dem Sie kommen. Ist ClickFunnels dort nicht verbunden, starten Sie die Verbindung noch einmal.',
    },
    expired: {
      title: 'Dieser Verbindungsversuch ist abgelaufen',
      explanation:
        'Zu Ihrer Sicherheit gilt ein Verbindungsversuch nur kurze Zeit. Es wurde nichts verbunden.',
      remedy:
        'Gehen Sie zurück zu dem Produkt, von dem Sie kommen, und starten Sie die Verbindung noch einmal.',
    },
    suspended: {
      title: 'Verbinden ist zurzeit nicht möglich',
      explanation:
        'Das Produkt, von dem Sie kommen, kann zurzeit keine ClickFunnels-Workspaces verbinden. Diesmal wurde nichts verbunden.',
      remedy: 'Wenden Sie sich an den Support des Produkts oder versuchen Sie es später noch einmal.',
    },
    other_browser: {
      title: 'In diesem Browser geht es nicht weiter',
      explanation:
        'Entweder wurde die Verbindung in einem anderen Browser oder in einem privaten Fenster gestartet, oder dieser Browser hat unser Cookie nicht behalten. Es wurde nichts verbunden.',
      remedy:
        'Öffnen Sie das Produkt in dem Browser, den Sie verwenden möchten, erlauben Sie Cookies und starten Sie die Verbindung noch einmal. Hat Sie jemand anderes hierher geschickt, schließen Sie diese Seite.',
    },
    other_app: {
      title: 'Sie wurden an die falsche Adresse geleitet',
      explanation:
        'Diese Antwort gehört zu einer anderen Anwendung und wurde deshalb nicht verwendet. Es wurde nichts verbunden.',
      remedy:
        'Gehen Sie zurück zu dem Produkt, von dem Sie kommen, und starten Sie die Verbindung noch einmal. Passiert das wieder, wenden Sie sich an den Support des Produkts.',
    },
    declined: {
      title: 'Es wurde nichts verbunden',
      explanation:
        'Sie haben angegeben, dass dies nicht Ihr Konto ist. Der Link funktioniert nicht mehr und hat niemandem Zugriff auf Ihren ClickFunnels-Workspace gegeben.',
      remedy:
        'Hat Ihnen jemand den Link geschickt, schließen Sie diese Seite. Haben Sie die Verbindung selbst gestartet, gehen Sie zurück, melden Sie sich mit Ihrem eigenen Konto an und versuchen Sie es noch einmal.',
    },
    declined_reusable: {
      title: 'Es wurde nichts wiederhergestellt',
      explanation:
        'Sie haben angegeben, dass das nicht Ihr Konto ist. Der Link hat niemandem Zugriff auf Ihren ClickFunnels-Workspace gegeben.',
      remedy:
        'Wenn Ihnen jemand den Link geschickt hat, schließen Sie diese Seite und löschen Sie die Nachricht. Wenn das Konto doch Ihres ist, öffnen Sie den Link noch einmal.',
    },
    done: {
      title: 'ClickFunnels ist wieder verbunden',
      explanation: 'Dieser Link hat seine Aufgabe erfüllt. Sie müssen nichts mehr tun.',
      remedy: 'Sie können diese Seite schließen.',
    },
    gone: {
      title: 'Diese Verbindung wurde entfernt',
      explanation:
        'Die Verbindung, die dieser Link wiederherstellen sollte, wurde inzwischen aus dem Produkt entfernt. Es wurde nichts verbunden.',
      remedy: 'Um ClickFunnels wieder zu verbinden, gehen Sie zum Produkt und drücken Sie „Verbinden“.',
    },
    under_way: {
      title: 'Die Verbindung wird gerade wiederhergestellt',
      explanation:
        'Dieser Link wurde schon geöffnet, und dieser Versuch wird in diesem Moment abgeschlossen.',
      remedy: 'Warten Sie eine Minute und laden Sie diese Seite neu.',
    },
    return_url_not_registered: {
      title: 'Der Rückweg ist nicht mehr gültig',
      explanation:
        'Die Adresse, die das Produkt für den Rückweg angegeben hat, wurde inzwischen entfernt. Es wurde nichts verbunden.',
      remedy:
        'Gehen Sie zurück zu dem Produkt, von dem Sie kommen, und starten Sie die Verbindung noch einmal. Passiert das wieder, wenden Sie sich an den Support des Produkts.',
    },
    fault: {
      title: 'Etwas ist schiefgegangen',
      explanation: 'Das liegt an uns, nicht an Ihnen.',
      remedy:
        'Warten Sie eine Minute und laden Sie diese Seite neu. Hilft das nicht, gehen Sie zurück zu dem Produkt, von dem Sie kommen. Ist ClickFunnels dort nicht verbunden, starten Sie die Verbindung noch einmal.',
    },
  },
  back: (product) => `Zurück zu ${product}`,
  runBy: (product, operator) => `Diese Seite betreibt ${operator} für ${product}.`,
  runByAlone: (operator) => `Diese Seite betreibt ${operator}.`,
}
