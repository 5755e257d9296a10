// Our pages in Spanish. They say "usted".
import type { PageTexts } from './texts-type.ts'

export const SPANISH: PageTexts = {
  language: 'es',
  confirm: {
    title: (product) => `¿Conectar ClickFunnels con ${product}?`,
    access: (product) => `${product} solicita acceso a uno de sus espacios de trabajo de ClickFunnels.`,
    account: (product) => `Conexión con esta cuenta de ${product}`,
    choice: (product) => `${product} usa un espacio de trabajo que usted elige en ClickFunnels.`,
    work: (product) => `${product} trabaja con su contenido, incluidos embudos y contactos.`,
    shared: (product) => `Quien pueda entrar en esta cuenta trabajará con él a través de ${product}.`,
    go: 'Continuar a ClickFunnels',
    notYou: '¿No es usted? Deténgase aquí',
    warning: 'Si alguien le envió este enlace, deténgase aquí.',
    cookies:
      'Su navegador no ha enviado la cookie que necesita esta página. Permita las cookies en este sitio y vuelva a elegir.',
  },
  refusals: {
    unknown: {
      title: 'Este enlace no es válido',
      explanation:
        'Puede que haya caducado, que ya se haya usado o que esté incompleto. Esta vez no se ha conectado nada.',
      remedy:
        'Vuelva al producto del que viene. Si ClickFunnels no está conectado allí, inicie la conexión de nuevo.',
    },
    used: {
      title: 'Este enlace ya se ha usado',
      explanation: 'Cada enlace funciona una sola vez. Esta vez no se ha conectado nada.',
      remedy:
        'Vuelva al producto del que viene. Si ClickFunnels no está conectado allí, inicie la conexión de nuevo.',
    },
    expired: {
      title: 'Este intento de conexión ha caducado',
      explanation: 'Por su seguridad, cada intento es válido durante poco tiempo. No se ha conectado nada.',
      remedy: 'Vuelva al producto del que viene e inicie la conexión de nuevo.',
    },
    suspended: {
      title: 'Ahora no es posible conectar',
      explanation:
        'El producto del que viene no puede conectar espacios de trabajo de ClickFunnels en este momento. Esta vez no se ha conectado nada.',
      remedy: 'Consulte al equipo de soporte del producto o inténtelo más tarde.',
    },
    other_browser: {
      title: 'Este navegador no puede completar la conexión',
      explanation:
        'O bien la conexión se inició en otro navegador o en una ventana privada, o bien este navegador no guardó nuestra cookie. No se ha conectado nada.',
      remedy:
        'Abra el producto en el navegador que quiera usar, permita las cookies e inicie la conexión de nuevo. Si otra persona le envió aquí, cierre esta página.',
    },
    other_app: {
      title: 'Se le ha dirigido a una dirección equivocada',
      explanation:
        'Esta respuesta pertenece a otra aplicación, así que no se ha utilizado. No se ha conectado nada.',
      remedy:
        'Vuelva al producto del que viene e inicie la conexión de nuevo. Si vuelve a ocurrir, avise al equipo de soporte del producto.',
    },
    declined: {
      title: 'No se ha conectado nada',
      explanation:
        'Ha indicado que esta no es su cuenta. El enlace ya no funciona y no ha dado a nadie acceso a su espacio de trabajo de ClickFunnels.',
      remedy:
        'Si alguien le envió el enlace, cierre esta página. Si inició usted la conexión, vuelva, inicie sesión con su propia cuenta y conecte de nuevo.',
    },
    declined_reusable: {
      title: 'No se restableció nada',
      explanation:
        'Usted indicó que esta no es su cuenta. El enlace no dio a nadie acceso a su espacio de trabajo de ClickFunnels.',
      remedy:
        'Si alguien le envió el enlace, cierre esta página y borre el mensaje. Si la cuenta sí es suya, abra el enlace otra vez.',
    },
    done: {
      title: 'ClickFunnels está conectado de nuevo',
      explanation: 'Este enlace ya cumplió su función. No tiene que hacer nada más.',
      remedy: 'Puede cerrar esta página.',
    },
    gone: {
      title: 'Esta conexión se eliminó',
      explanation:
        'La conexión que este enlace debía restablecer se eliminó del producto entretanto. No se conectó nada.',
      remedy: 'Para conectar ClickFunnels otra vez, vaya al producto y pulse “Conectar”.',
    },
    under_way: {
      title: 'La conexión se está restableciendo',
      explanation: 'Este enlace ya se abrió, y ese intento se está terminando en este momento.',
      remedy: 'Espere un minuto y vuelva a cargar esta página.',
    },
    return_url_not_registered: {
      title: 'El camino de vuelta ya no es válido',
      explanation:
        'La dirección de vuelta que indicó el producto se ha eliminado entretanto. No se ha conectado nada.',
      remedy:
        'Vuelva al producto del que viene e inicie la conexión de nuevo. Si vuelve a ocurrir, avise al equipo de soporte del producto.',
    },
    fault: {
      title: 'Algo ha salido mal',
      explanation: 'El problema es nuestro, no suyo.',
      remedy:
        'Espere un minuto y vuelva a cargar esta página. Si no funciona, vuelva al producto del que viene. Si ClickFunnels no está conectado allí, inicie la conexión de nuevo.',
    },
  },
  back: (product) => `Volver a ${product}`,
  runBy: (product, operator) => `${operator} gestiona esta página para ${product}.`,
  runByAlone: (operator) => `${operator} gestiona esta página.`,
}
