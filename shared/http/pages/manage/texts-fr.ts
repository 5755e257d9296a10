// The manage page in French.
import type { ManageTexts } from './texts-type.ts'

export const FRENCH: ManageTexts = {
  title: (product) => `ClickFunnels dans ${product}`,
  account: (product) => `Les connexions de ce compte ${product}`,
  none: 'Aucun espace de travail ClickFunnels n’est connecté.',
  since: (date) => `depuis le ${date}`,
  workspace: 'Espace de travail ClickFunnels',
  chip: {
    ok: 'Connecté',
    reconnect: 'Accès perdu',
    wait: 'Nouvel essai',
    ask_operator: 'Suspendu',
  },
  why: {
    suspended: 'Cette connexion a été suspendue. Adressez-vous à l’assistance du produit.',
    revoked_at_provider: 'ClickFunnels ne donne plus accès à cet espace de travail. Connectez-le de nouveau.',
    disconnected_by_provider:
      'L’application a été déconnectée dans ClickFunnels. Connectez l’espace de travail de nouveau.',
    refresh_rejected: 'ClickFunnels a mis fin à l’accès à cet espace de travail. Connectez-le de nouveau.',
    answer_lost: 'L’accès à cet espace de travail a été perdu. Connectez-le de nouveau.',
    workspace_gone: 'ClickFunnels n’a plus cet espace de travail. Déconnectez-le, ou connectez-en un autre.',
    attempts_failing:
      'ClickFunnels n’a pas pu être consulté plusieurs fois de suite. Nous continuons d’essayer.',
    events_refused:
      'ClickFunnels ne signale pas ses événements avec cet accès. Connectez de nouveau pour le permettre.',
    refused_once: 'ClickFunnels a refusé l’accès. Nous réessayons dans quelques minutes.',
  },
  notes: {
    connected: 'L’espace de travail est connecté.',
    denied: 'Rien n’a été connecté : l’accès n’a pas été autorisé chez ClickFunnels.',
    other_workspace:
      'Rien n’a été modifié : vous avez choisi un autre espace de travail chez ClickFunnels. Pour reconnecter, choisissez le même. Pour en utiliser un autre, connectez-le en plus.',
    full: 'Rien n’a été connecté : le produit a déjà autant de connexions qu’il peut en avoir. Adressez-vous à son assistance.',
    expired: 'Rien n’a été connecté : cela a pris trop de temps. Réessayez.',
    failed: 'Cela n’a pas fonctionné. Réessayez.',
  },
  reconnect: 'Reconnecter',
  disconnect: 'Déconnecter',
  connect: 'Connecter ClickFunnels',
  another: 'Connecter un autre espace de travail',
  older: 'Connexions plus anciennes',
  newest: 'Connexions les plus récentes',
  done: 'Terminé',
  ask: {
    title: (workspace) => `Déconnecter ${workspace} ?`,
    says: (product) =>
      `${product} ne pourra plus travailler avec cet espace. Vous pouvez le connecter de nouveau quand vous voulez.`,
    keep: 'Garder la connexion',
  },
  toList: 'Retour à la liste',
  refusals: {
    unknown: {
      title: 'Cette page n’est pas ouverte dans ce navigateur',
      explanation:
        'Son lien n’est pas valable, elle a été ouverte dans un autre navigateur, ou ce navigateur ne garde pas les cookies.',
      remedy: 'Retournez au produit d’où vous venez et ouvrez cette page depuis celui-ci.',
    },
    used: {
      title: 'Ce lien a déjà été utilisé',
      explanation:
        'Chaque lien ouvre cette page une fois, dans un seul navigateur. Rien n’a été modifié cette fois.',
      remedy: 'Retournez au produit et ouvrez de nouveau cette page depuis celui-ci.',
    },
    expired: {
      title: 'Cette page est fermée',
      explanation:
        'Pour votre sécurité, elle est ouverte une demi-heure, ou jusqu’à ce que vous appuyiez sur « Terminé ». Ce que vous avez fait avant reste valable.',
      remedy: 'Retournez au produit et ouvrez de nouveau cette page depuis celui-ci.',
    },
    suspended: {
      title: 'Cette page n’est pas disponible pour le moment',
      explanation:
        'Le produit d’où vous venez ne peut pas gérer ses connexions à ClickFunnels en ce moment. Rien n’a été modifié.',
      remedy: 'Adressez-vous à l’assistance du produit, ou réessayez plus tard.',
    },
    stale: {
      title: 'Cette page n’était plus à jour',
      explanation: 'Elle a été ouverte avant, ou pour un autre compte. Rien n’a été modifié.',
      remedy: 'Retournez à la liste et choisissez de nouveau.',
    },
    limit: {
      title: 'Impossible de connecter pour le moment',
      explanation:
        'Il y a eu trop d’essais en une minute, ou le produit a déjà autant de connexions qu’il peut en avoir. Rien n’a été connecté.',
      remedy:
        'Attendez une minute et réessayez. Si cela ne suffit pas, adressez-vous à l’assistance du produit.',
    },
    fault: {
      title: 'Un problème est survenu',
      explanation: 'Le problème vient de nous, pas de vous.',
      remedy:
        'Retournez à la liste : elle montre ce qui a été fait. S’il manque quelque chose, réessayez dans une minute.',
    },
  },
}
