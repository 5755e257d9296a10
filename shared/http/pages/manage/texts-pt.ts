// The manage page in Brazilian Portuguese.
import type { ManageTexts } from './texts-type.ts'

export const PORTUGUESE: ManageTexts = {
  title: (product) => `ClickFunnels em ${product}`,
  account: (product) => `As conexões desta conta de ${product}`,
  none: 'Nenhum workspace do ClickFunnels está conectado.',
  since: (date) => `desde ${date}`,
  workspace: 'Workspace do ClickFunnels',
  chip: {
    ok: 'Conectado',
    reconnect: 'Acesso perdido',
    wait: 'Nova tentativa',
    ask_operator: 'Suspenso',
  },
  why: {
    suspended: 'Esta conexão foi suspensa. Fale com o suporte do produto.',
    revoked_at_provider: 'O ClickFunnels não dá mais acesso a este workspace. Conecte-o de novo.',
    disconnected_by_provider: 'O aplicativo foi desconectado no ClickFunnels. Conecte o workspace de novo.',
    refresh_rejected: 'O ClickFunnels encerrou o acesso a este workspace. Conecte-o de novo.',
    answer_lost: 'O acesso a este workspace foi perdido. Conecte-o de novo.',
    workspace_gone: 'O ClickFunnels não tem mais este workspace. Desconecte-o ou conecte outro.',
    attempts_failing:
      'Não foi possível consultar o ClickFunnels várias vezes seguidas. Continuamos tentando.',
    events_refused:
      'O ClickFunnels não informa seus eventos com este acesso. Conecte de novo para permitir isso.',
    refused_once: 'O ClickFunnels recusou o acesso. Tentaremos de novo em alguns minutos.',
  },
  notes: {
    connected: 'O workspace está conectado.',
    denied: 'Nada foi conectado: o acesso não foi permitido no ClickFunnels.',
    other_workspace:
      'Nada foi alterado: você escolheu outro workspace no ClickFunnels. Para reconectar, escolha o mesmo. Para usar outro, conecte-o como novo.',
    full: 'Nada foi conectado: o produto já tem todas as conexões que pode ter. Fale com o suporte dele.',
    expired: 'Nada foi conectado: demorou demais. Tente de novo.',
    failed: 'Não funcionou. Tente de novo.',
  },
  reconnect: 'Reconectar',
  disconnect: 'Desconectar',
  connect: 'Conectar ClickFunnels',
  another: 'Conectar outro workspace',
  older: 'Conexões mais antigas',
  newest: 'Conexões mais recentes',
  done: 'Concluir',
  ask: {
    title: (workspace) => `Desconectar ${workspace}?`,
    says: (product) =>
      `${product} não poderá mais trabalhar com este workspace. Você pode conectá-lo de novo quando quiser.`,
    keep: 'Manter a conexão',
  },
  toList: 'Voltar à lista',
  refusals: {
    unknown: {
      title: 'Esta página não está aberta neste navegador',
      explanation:
        'O link dela não é válido, ela foi aberta em outro navegador, ou este navegador não guarda cookies.',
      remedy: 'Volte ao produto de onde você veio e abra esta página de lá.',
    },
    used: {
      title: 'Este link já foi usado',
      explanation: 'Cada link abre esta página uma vez, em um navegador. Nada foi alterado desta vez.',
      remedy: 'Volte ao produto e abra esta página de lá mais uma vez.',
    },
    expired: {
      title: 'Esta página está fechada',
      explanation:
        'Para sua segurança, ela fica aberta por meia hora, ou até você tocar em “Concluir”. O que você fez antes vale.',
      remedy: 'Volte ao produto e abra esta página de lá mais uma vez.',
    },
    suspended: {
      title: 'Esta página não está disponível agora',
      explanation:
        'O produto de onde você veio não pode administrar suas conexões com o ClickFunnels no momento. Nada foi alterado.',
      remedy: 'Fale com o suporte do produto ou tente mais tarde.',
    },
    stale: {
      title: 'Aquela página estava desatualizada',
      explanation: 'Ela foi aberta antes, ou para outra conta. Nada foi alterado.',
      remedy: 'Volte à lista e escolha de novo.',
    },
    limit: {
      title: 'Não é possível conectar agora',
      explanation:
        'Houve tentativas demais em um minuto, ou o produto já tem todas as conexões que pode ter. Nada foi conectado.',
      remedy: 'Espere um minuto e tente de novo. Se não adiantar, fale com o suporte do produto.',
    },
    fault: {
      title: 'Algo deu errado',
      explanation: 'O problema é nosso, não seu.',
      remedy: 'Volte à lista: ela mostra o que foi feito. Se algo faltar, tente de novo em um minuto.',
    },
  },
}
