// The manage page in Spanish.
import type { ManageTexts } from './texts-type.ts'

export const SPANISH: ManageTexts = {
  title: (product) => `ClickFunnels en ${product}`,
  account: (product) => `Las conexiones de esta cuenta de ${product}`,
  none: 'No hay ningún espacio de trabajo de ClickFunnels conectado.',
  since: (date) => `desde el ${date}`,
  workspace: 'Espacio de trabajo de ClickFunnels',
  chip: {
    ok: 'Conectado',
    reconnect: 'Acceso perdido',
    wait: 'Nuevo intento',
    ask_operator: 'Detenido',
  },
  why: {
    suspended: 'Esta conexión se detuvo. Consulte al equipo de soporte del producto.',
    revoked_at_provider: 'ClickFunnels ya no da acceso a este espacio de trabajo. Conéctelo de nuevo.',
    disconnected_by_provider: 'La aplicación se desconectó en ClickFunnels. Conecte el espacio de nuevo.',
    refresh_rejected: 'ClickFunnels puso fin al acceso a este espacio de trabajo. Conéctelo de nuevo.',
    answer_lost: 'Se perdió el acceso a este espacio de trabajo. Conéctelo de nuevo.',
    workspace_gone: 'ClickFunnels ya no tiene este espacio de trabajo. Desconéctelo o conecte otro.',
    attempts_failing: 'No se pudo consultar a ClickFunnels varias veces seguidas. Lo seguimos intentando.',
    events_refused:
      'ClickFunnels no comunica sus eventos con este acceso. Conéctelo de nuevo para permitirlo.',
    refused_once: 'ClickFunnels rechazó el acceso. Lo intentaremos de nuevo en unos minutos.',
  },
  notes: {
    connected: 'El espacio de trabajo está conectado.',
    denied: 'No se conectó nada: no se permitió el acceso en ClickFunnels.',
    other_workspace:
      'No se cambió nada: eligió otro espacio de trabajo en ClickFunnels. Para conectar de nuevo, elija el mismo. Para usar otro, conéctelo como uno nuevo.',
    full: 'No se conectó nada: el producto ya tiene todas las conexiones que puede tener. Consulte a su equipo de soporte.',
    expired: 'No se conectó nada: tardó demasiado. Inténtelo de nuevo.',
    failed: 'No funcionó. Inténtelo de nuevo.',
  },
  reconnect: 'Conectar de nuevo',
  disconnect: 'Desconectar',
  connect: 'Conectar ClickFunnels',
  another: 'Conectar otro espacio de trabajo',
  older: 'Conexiones anteriores',
  newest: 'Conexiones más recientes',
  done: 'Listo',
  ask: {
    title: (workspace) => `¿Desconectar ${workspace}?`,
    says: (product) =>
      `${product} ya no podrá trabajar con este espacio de trabajo. Puede conectarlo de nuevo cuando quiera.`,
    keep: 'Mantener la conexión',
  },
  toList: 'Volver a la lista',
  refusals: {
    unknown: {
      title: 'Esta página no está abierta en este navegador',
      explanation:
        'Su enlace no es válido, se abrió en otro navegador o este navegador no guarda las cookies.',
      remedy: 'Vuelva al producto del que viene y abra esta página desde allí.',
    },
    used: {
      title: 'Este enlace ya se usó',
      explanation: 'Cada enlace abre esta página una vez, en un navegador. Esta vez no se cambió nada.',
      remedy: 'Vuelva al producto y abra esta página otra vez desde allí.',
    },
    expired: {
      title: 'Esta página está cerrada',
      explanation:
        'Por su seguridad, está abierta media hora, o hasta que pulse «Listo». Lo que hizo antes es válido.',
      remedy: 'Vuelva al producto y abra esta página otra vez desde allí.',
    },
    suspended: {
      title: 'Esta página no está disponible ahora',
      explanation:
        'El producto del que viene no puede administrar sus conexiones con ClickFunnels en este momento. No se cambió nada.',
      remedy: 'Consulte al equipo de soporte del producto o inténtelo más tarde.',
    },
    stale: {
      title: 'Esa página no estaba al día',
      explanation: 'Se abrió antes o para otra cuenta. No se cambió nada.',
      remedy: 'Vuelva a la lista y elija otra vez.',
    },
    limit: {
      title: 'Ahora no se puede conectar',
      explanation:
        'Hubo demasiados intentos en un minuto, o el producto ya tiene todas las conexiones que puede tener. No se conectó nada.',
      remedy:
        'Espere un minuto e inténtelo otra vez. Si no sirve, consulte al equipo de soporte del producto.',
    },
    fault: {
      title: 'Algo salió mal',
      explanation: 'El problema es nuestro, no suyo.',
      remedy: 'Vuelva a la lista: muestra lo que se hizo. Si falta algo, inténtelo de nuevo en un minuto.',
    },
  },
}
