// Our pages in French. They say "vous".
import type { PageTexts } from './texts-type.ts'

export const FRENCH: PageTexts = {
  language: 'fr',
  confirm: {
    title: (product) => `Connecter ClickFunnels à ${product} ?`,
    access: (product) => `${product} demande l’accès à l’un de vos espaces de travail ClickFunnels.`,
    account: (product) => `Connexion à ce compte ${product}`,
    choice: (product) =>
      `${product} utilise un seul espace de travail, que vous choisissez sur ClickFunnels.`,
    work: (product) => `${product} travaille avec son contenu, dont les funnels et contacts.`,
    shared: (product) => `Toute personne qui peut se connecter à ce compte y travaille via ${product}.`,
    go: 'Continuer vers ClickFunnels',
    notYou: 'Pas vous ? Arrêtez ici',
    warning: 'Si quelqu’un vous a envoyé ce lien, arrêtez ici.',
    cookies:
      'Votre navigateur n’a pas envoyé le cookie dont cette page a besoin. Autorisez les cookies pour ce site, puis choisissez à nouveau.',
  },
  refusals: {
    unknown: {
      title: 'Ce lien n’est pas valide',
      explanation: 'Il a peut-être expiré, déjà servi ou il est incomplet. Rien n’a été connecté cette fois.',
      remedy:
        'Retournez au produit d’où vous venez. Si ClickFunnels n’y est pas connecté, relancez la connexion.',
    },
    used: {
      title: 'Ce lien a déjà été utilisé',
      explanation: 'Chaque lien ne fonctionne qu’une fois. Rien n’a été connecté cette fois.',
      remedy:
        'Retournez au produit d’où vous venez. Si ClickFunnels n’y est pas connecté, relancez la connexion.',
    },
    expired: {
      title: 'Cette tentative de connexion a expiré',
      explanation:
        'Pour votre sécurité, une tentative n’est valable que peu de temps. Rien n’a été connecté.',
      remedy: 'Retournez au produit d’où vous venez et relancez la connexion.',
    },
    suspended: {
      title: 'La connexion n’est pas disponible pour le moment',
      explanation:
        'Le produit d’où vous venez ne peut pas connecter d’espaces de travail ClickFunnels actuellement. Rien n’a été connecté cette fois.',
      remedy: 'Adressez-vous à l’assistance du produit ou réessayez plus tard.',
    },
    other_browser: {
      title: 'Ce navigateur ne peut pas terminer la connexion',
      explanation:
        'Soit la connexion a commencé dans un autre navigateur ou dans une fenêtre privée, soit ce navigateur n’a pas gardé notre cookie. Rien n’a été connecté.',
      remedy:
        'Ouvrez le produit dans le navigateur que vous voulez utiliser, autorisez les cookies et relancez la connexion. Si quelqu’un d’autre vous a envoyé ici, fermez cette page.',
    },
    other_app: {
      title: 'Vous avez été dirigé vers la mauvaise adresse',
      explanation:
        'Cette réponse appartient à une autre application et n’a donc pas été utilisée. Rien n’a été connecté.',
      remedy:
        'Retournez au produit d’où vous venez et relancez la connexion. Si cela se reproduit, prévenez l’assistance du produit.',
    },
    declined: {
      title: 'Rien n’a été connecté',
      explanation:
        'Vous avez indiqué que ce compte n’est pas le vôtre. Le lien ne fonctionne plus et n’a donné à personne l’accès à votre espace de travail ClickFunnels.',
      remedy:
        'Si quelqu’un vous a envoyé le lien, fermez cette page. Si vous avez lancé la connexion vous-même, revenez en arrière, connectez-vous à votre propre compte et recommencez.',
    },
    declined_reusable: {
      title: 'Rien n’a été rétabli',
      explanation:
        'Vous avez indiqué que ce compte n’est pas le vôtre. Le lien n’a donné à personne l’accès à votre espace de travail ClickFunnels.',
      remedy:
        'Si quelqu’un vous a envoyé le lien, fermez cette page et supprimez le message. Si le compte est bien le vôtre, ouvrez à nouveau le lien.',
    },
    done: {
      title: 'ClickFunnels est de nouveau connecté',
      explanation: 'Ce lien a rempli son rôle. Vous n’avez plus rien à faire.',
      remedy: 'Vous pouvez fermer cette page.',
    },
    gone: {
      title: 'Cette connexion a été supprimée',
      explanation:
        'La connexion que ce lien devait rétablir a été supprimée du produit entre-temps. Rien n’a été connecté.',
      remedy: 'Pour reconnecter ClickFunnels, retournez au produit et lancez la connexion.',
    },
    under_way: {
      title: 'La connexion est en cours de rétablissement',
      explanation: 'Ce lien a déjà été ouvert, et cette tentative se termine en ce moment.',
      remedy: 'Attendez une minute et rechargez cette page.',
    },
    return_url_not_registered: {
      title: 'Le chemin du retour n’est plus valable',
      explanation:
        'L’adresse de retour que le produit avait indiquée a été supprimée entre-temps. Rien n’a été connecté.',
      remedy:
        'Retournez au produit d’où vous venez et relancez la connexion. Si cela se reproduit, prévenez l’assistance du produit.',
    },
    fault: {
      title: 'Une erreur s’est produite',
      explanation: 'Le problème vient de nous, pas de vous.',
      remedy:
        'Attendez une minute et rechargez cette page. Si cela n’aide pas, retournez au produit d’où vous venez. Si ClickFunnels n’y est pas connecté, relancez la connexion.',
    },
  },
  back: (product) => `Retour à ${product}`,
  runBy: (product, operator) => `${operator} gère cette page pour ${product}.`,
  runByAlone: (operator) => `${operator} gère cette page.`,
}
