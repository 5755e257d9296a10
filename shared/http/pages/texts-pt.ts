// Our pages in Brazilian Portuguese. They say "você".
import type { PageTexts } from './texts-type.ts'

export const PORTUGUESE: PageTexts = {
  language: 'pt-BR',
  confirm: {
    title: (product) => `Conectar o ClickFunnels a ${product}?`,
    access: (product) => `${product} pede acesso a um dos seus workspaces do ClickFunnels.`,
    account: (product) => `Conexão com esta conta de ${product}`,
    choice: (product) => `${product} usa um único workspace, que você escolhe no ClickFunnels.`,
    work: (product) => `${product} trabalha com o conteúdo dele, incluindo funis e contatos.`,
    shared: (product) => `Quem pode entrar nesta conta trabalha com ele por meio de ${product}.`,
    go: 'Continuar para o ClickFunnels',
    notYou: 'Não é você? Pare aqui',
    warning: 'Se alguém enviou este link a você, pare aqui.',
    cookies:
      'Seu navegador não enviou o cookie de que esta página precisa. Permita cookies para este site e escolha de novo.',
  },
  refusals: {
    unknown: {
      title: 'Este link não é válido',
      explanation:
        'Ele pode ter expirado, já ter sido usado ou estar incompleto. Nada foi conectado desta vez.',
      remedy:
        'Volte ao produto de onde você veio. Se o ClickFunnels não estiver conectado lá, inicie a conexão de novo.',
    },
    used: {
      title: 'Este link já foi usado',
      explanation: 'Cada link funciona só uma vez. Nada foi conectado desta vez.',
      remedy:
        'Volte ao produto de onde você veio. Se o ClickFunnels não estiver conectado lá, inicie a conexão de novo.',
    },
    expired: {
      title: 'Esta tentativa de conexão expirou',
      explanation: 'Para sua segurança, cada tentativa vale por pouco tempo. Nada foi conectado.',
      remedy: 'Volte ao produto de onde você veio e inicie a conexão de novo.',
    },
    suspended: {
      title: 'A conexão não está disponível agora',
      explanation:
        'O produto de onde você veio não pode conectar workspaces do ClickFunnels no momento. Nada foi conectado desta vez.',
      remedy: 'Fale com o suporte do produto ou tente de novo mais tarde.',
    },
    other_browser: {
      title: 'Este navegador não pode concluir a conexão',
      explanation:
        'A conexão foi iniciada em outro navegador ou em uma janela anônima, ou este navegador não guardou nosso cookie. Nada foi conectado.',
      remedy:
        'Abra o produto no navegador que você quer usar, permita cookies e inicie a conexão de novo. Se outra pessoa mandou você para cá, feche esta página.',
    },
    other_app: {
      title: 'Você foi levado ao endereço errado',
      explanation: 'Esta resposta pertence a outro aplicativo e por isso não foi usada. Nada foi conectado.',
      remedy:
        'Volte ao produto de onde você veio e inicie a conexão de novo. Se acontecer outra vez, avise o suporte do produto.',
    },
    declined: {
      title: 'Nada foi conectado',
      explanation:
        'Você informou que esta conta não é sua. O link não funciona mais e não deu a ninguém acesso ao seu workspace do ClickFunnels.',
      remedy:
        'Se alguém enviou o link a você, feche esta página. Se você mesmo iniciou a conexão, volte, entre na sua própria conta e conecte de novo.',
    },
    declined_reusable: {
      title: 'Nada foi restabelecido',
      explanation:
        'Você informou que esta conta não é sua. O link não deu a ninguém acesso ao seu workspace do ClickFunnels.',
      remedy:
        'Se alguém enviou o link a você, feche esta página e apague a mensagem. Se a conta for mesmo sua, abra o link de novo.',
    },
    done: {
      title: 'O ClickFunnels está conectado de novo',
      explanation: 'Este link cumpriu sua função. Você não precisa fazer mais nada.',
      remedy: 'Você pode fechar esta página.',
    },
    gone: {
      title: 'Esta conexão foi removida',
      explanation:
        'A conexão que este link devia restabelecer foi removida do produto nesse meio-tempo. Nada foi conectado.',
      remedy: 'Para conectar o ClickFunnels de novo, vá ao produto e inicie a conexão.',
    },
    under_way: {
      title: 'A conexão está sendo restabelecida',
      explanation: 'Este link já foi aberto, e essa tentativa está terminando neste momento.',
      remedy: 'Espere um minuto e recarregue esta página.',
    },
    return_url_not_registered: {
      title: 'O caminho de volta não é mais válido',
      explanation:
        'O endereço de retorno indicado pelo produto foi removido nesse meio-tempo. Nada foi conectado.',
      remedy:
        'Volte ao produto de onde você veio e inicie a conexão de novo. Se acontecer outra vez, avise o suporte do produto.',
    },
    fault: {
      title: 'Algo deu errado',
      explanation: 'O problema é nosso, não seu.',
      remedy:
        'Espere um minuto e recarregue esta página. Se não ajudar, volte ao produto de onde você veio. Se o ClickFunnels não estiver conectado lá, inicie a conexão de novo.',
    },
  },
  back: (product) => `Voltar para ${product}`,
  runBy: (product, operator) => `${operator} administra esta página para ${product}.`,
  runByAlone: (operator) => `${operator} administra esta página.`,
}
