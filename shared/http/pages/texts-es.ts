// Our pages in Spanish.
import type { PageTexts } from './texts-type.ts'

export const SPANISH: PageTexts = {
  language: 'es',
  confirm: {
    title: (product) => `¿Conectar ClickFunnels con ${product}?`,
    access: (product) =>
      `${product} solicita acceso a uno de sus espacios de trabajo de ClickFunnels. En la página siguiente elegirá cuál.`,
    account: (product) => `El espacio de trabajo se conectará a esta cuenta de ${product}:`,
    consequence: (product) =>
      `Quien use esta cuenta podrá trabajar con los embudos y contactos de su espacio de trabajo a través de ${product}.`,
    go: 'Continuar a ClickFunnels',
    notMine: 'Esta no es mi cuenta',
    warning:
      '¿Alguien le envió este enlace o no reconoce esta cuenta? Entonces pulse «Esta no es mi cuenta»: no se conectará nada.',
    cookies:
      'Su navegador no ha guardado la cookie de esta página. Permita las cookies en este sitio y continúe.',
  },
  refusals: {
    unknown: {
      title: 'No conocemos este enlace',
      explanation: 'Está incompleto, ya se usó o caducó hace tiempo. No se ha conectado nada.',
      remedy: 'Vuelva al producto del que viene e inicie la conexión de nuevo.',
    },
    used: {
      title: 'Este enlace ya se usó',
      explanation: 'Cada enlace sirve para una sola conexión. Ahora no se ha conectado nada más.',
      remedy:
        'Vuelva al producto del que viene. Si allí ClickFunnels no está conectado, inicie la conexión de nuevo.',
    },
    expired: {
      title: 'Ha pasado demasiado tiempo',
      explanation: 'Por seguridad, cada enlace es válido poco tiempo. No se ha conectado nada.',
      remedy: 'Vuelva al producto del que viene e inicie la conexión de nuevo.',
    },
    suspended: {
      title: 'La conexión está desactivada',
      explanation:
        'El producto del que viene no puede conectar espacios de trabajo en este momento. No se ha conectado nada.',
      remedy: 'Consulte al soporte del producto o inténtelo más tarde.',
    },
    other_browser: {
      title: 'La conexión se inició en otro navegador',
      explanation:
        'ClickFunnels tiene que devolverle al navegador en el que inició la conexión, y allí deben estar permitidas las cookies. No se ha conectado nada.',
      remedy:
        'Abra el producto en el navegador que quiera usar e inicie la conexión de nuevo. Si otra persona le envió aquí, simplemente cierre esta página.',
    },
    other_app: {
      title: 'Esta respuesta era para otra aplicación',
      explanation:
        'Se envió a una aplicación distinta de la prevista, así que no se ha utilizado. No se ha conectado nada.',
      remedy: 'Vuelva al producto del que viene e inicie la conexión de nuevo.',
    },
    declined: {
      title: 'No se ha conectado nada',
      explanation:
        'Ha indicado que la cuenta no es suya. El enlace ya no es válido y nadie ha obtenido acceso a su espacio de trabajo de ClickFunnels.',
      remedy:
        'Si alguien le envió el enlace, cierre esta página. Si inició la conexión usted, vuelva, entre con su propia cuenta y conecte de nuevo.',
    },
    fault: {
      title: 'Algo ha fallado aquí',
      explanation: 'El fallo es nuestro, no suyo.',
      remedy:
        'Espere un minuto y vuelva a cargar esta página. Si no ayuda, vuelva al producto del que viene e inicie la conexión de nuevo.',
    },
  },
  back: (product) => `Volver a ${product}`,
}
