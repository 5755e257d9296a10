// Our pages in German.
import type { PageTexts } from './texts-type.ts'

export const GERMAN: PageTexts = {
  language: 'de',
  confirm: {
    title: (product) => `ClickFunnels mit ${product} verbinden?`,
    access: (product) =>
      `${product} bittet um Zugriff auf einen Ihrer ClickFunnels-Workspaces. Welchen, wählen Sie auf der nächsten Seite.`,
    account: (product) => `Der Workspace wird mit diesem Konto bei ${product} verbunden:`,
    consequence: (product) =>
      `Wer dieses Konto benutzt, kann danach über ${product} mit den Funnels und Kontakten Ihres Workspace arbeiten.`,
    go: 'Weiter zu ClickFunnels',
    notMine: 'Das ist nicht mein Konto',
    warning:
      'Hat Ihnen jemand diesen Link geschickt, oder kennen Sie dieses Konto nicht? Dann wählen Sie „Das ist nicht mein Konto“: Es wird nichts verbunden.',
    cookies:
      'Ihr Browser hat das Cookie dieser Seite nicht behalten. Erlauben Sie Cookies für diese Seite und fahren Sie dann fort.',
  },
  refusals: {
    unknown: {
      title: 'Dieser Link ist nicht bekannt',
      explanation:
        'Er ist unvollständig, wurde schon benutzt oder ist seit einer Weile abgelaufen. Es wurde nichts verbunden.',
      remedy:
        'Gehen Sie zurück zu dem Produkt, von dem Sie kommen, und starten Sie die Verbindung noch einmal.',
    },
    used: {
      title: 'Dieser Link wurde schon benutzt',
      explanation: 'Jeder Link gilt für eine einzige Verbindung. Jetzt wurde nichts weiter verbunden.',
      remedy:
        'Gehen Sie zurück zu dem Produkt, von dem Sie kommen. Ist ClickFunnels dort nicht verbunden, starten Sie die Verbindung noch einmal.',
    },
    expired: {
      title: 'Das hat zu lange gedauert',
      explanation: 'Zur Sicherheit gilt ein Link nur kurze Zeit. Es wurde nichts verbunden.',
      remedy:
        'Gehen Sie zurück zu dem Produkt, von dem Sie kommen, und starten Sie die Verbindung noch einmal.',
    },
    suspended: {
      title: 'Verbinden ist abgeschaltet',
      explanation:
        'Das Produkt, von dem Sie kommen, kann zurzeit keine Workspaces verbinden. Es wurde nichts verbunden.',
      remedy: 'Fragen Sie beim Support des Produkts nach, oder versuchen Sie es später noch einmal.',
    },
    other_browser: {
      title: 'Begonnen wurde in einem anderen Browser',
      explanation:
        'ClickFunnels muss Sie in den Browser zurückschicken, in dem Sie die Verbindung gestartet haben, und Cookies müssen dort erlaubt sein. Es wurde nichts verbunden.',
      remedy:
        'Öffnen Sie das Produkt in dem Browser, den Sie benutzen möchten, und starten Sie die Verbindung noch einmal. Hat Sie jemand anderes hierher geschickt, schließen Sie einfach diese Seite.',
    },
    other_app: {
      title: 'Diese Antwort gehört woandershin',
      explanation:
        'Sie war für eine andere Anwendung bestimmt und wurde deshalb nicht verwendet. Es wurde nichts verbunden.',
      remedy:
        'Gehen Sie zurück zu dem Produkt, von dem Sie kommen, und starten Sie die Verbindung noch einmal.',
    },
    declined: {
      title: 'Es wurde nichts verbunden',
      explanation:
        'Sie haben angegeben, dass das Konto nicht Ihres ist. Der Link gilt nicht mehr, und niemand hat Zugriff auf Ihren ClickFunnels-Workspace bekommen.',
      remedy:
        'Hat Ihnen jemand den Link geschickt, schließen Sie diese Seite. Haben Sie die Verbindung selbst gestartet, gehen Sie zurück, melden Sie sich mit Ihrem eigenen Konto an und verbinden Sie noch einmal.',
    },
    fault: {
      title: 'Hier ist etwas schiefgegangen',
      explanation: 'Das liegt an uns, nicht an Ihnen.',
      remedy:
        'Warten Sie eine Minute und laden Sie diese Seite neu. Hilft das nicht, gehen Sie zurück zu dem Produkt, von dem Sie kommen, und starten Sie die Verbindung noch einmal.',
    },
  },
  back: (product) => `Zurück zu ${product}`,
}
